import type { FileKind, FileSurvey } from '../../connectors/files.js';
import type { Database, Tx } from '../../db/database.js';
import type { FileSource, FileStatus } from '../../model/statuses.js';

/** What is stored of a file, as far as taking it needs. */
export interface FileRow {
  id: string;
  name: string;
  contentHash: string;
  integrationId: string;
  merchantId: string;
  kind: FileKind | null;
  status: FileStatus;
  syncEventId: string | null;
}

const COLUMNS = `id, name, content_hash as "contentHash", integration_id as "integrationId", merchant_id as "merchantId", entity_type as kind, status,
  sync_event_id::text as "syncEventId"`;

/** Held to the transaction's end: acceptance and the choice of the next are one after the other for an integration. */
export async function lockFilesOf(tx: Tx, integrationId: string): Promise<void> {
  await tx.sql('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`files ${integrationId}`]);
}

export async function findFile(db: Pick<Database, 'pool'>, id: string): Promise<FileRow | null> {
  const { rows } = await db.pool.query<FileRow>(`select ${COLUMNS} from import_files where id = $1`, [id]);
  return rows[0] ?? null;
}

/**
 * The file that makes this content nothing new. Orders happened once, so any file counts that brought them. Products and
 * stock are a state: the content of last week is news again once another file was taken in between, so only the newest
 * of them counts. They are one kind here and in `NEXT`, since a file of products may tell stock as well.
 */
const FIND_SAME = `select ${COLUMNS} from import_files f
where integration_id = $1 and content_hash = $2 and status <> 'FAILED' and (entity_type = 'ORDER' or not exists (
  select from import_files n where n.integration_id = f.integration_id and (n.entity_type = 'ORDER') = (f.entity_type = 'ORDER')
    and n.status <> 'FAILED' and (n.received_at, n.id) > (f.received_at, f.id)))
order by received_at desc limit 1`;

export async function findSame(tx: Tx, integrationId: string, contentHash: string): Promise<FileRow | null> {
  const [row] = await tx.sql<FileRow>(FIND_SAME, [integrationId, contentHash]);
  return row ?? null;
}

export async function countRepeat(tx: Tx, id: string): Promise<void> {
  await tx.sql('update import_files set repeat_count = repeat_count + 1 where id = $1', [id]);
}

const INSERT = `insert into import_files (id, merchant_id, integration_id, name, entity_type, source, content_hash, size_bytes)
values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** A file that is new. */
export interface NewFile {
  id: string;
  merchantId: string;
  integrationId: string;
  name: string;
  source: FileSource;
  survey: FileSurvey;
}

export async function insertFile(
  tx: Tx,
  { id, merchantId, integrationId, name, source, survey }: NewFile,
): Promise<void> {
  const { kind, contentHash, sizeBytes } = survey;
  await tx.sql(INSERT, [id, merchantId, integrationId, name, kind, source, contentHash, sizeBytes]);
}

/** The oldest that waits, unless one of its kind is under way: files are taken in the order in which they came. */
const NEXT = `select ${COLUMNS} from import_files f
where integration_id = $1 and status = 'WAITING' and sync_event_id is null and entity_type is not null and not exists (
  select from import_files b where b.integration_id = f.integration_id and (b.entity_type = 'ORDER') = (f.entity_type = 'ORDER')
    and b.sync_event_id is not null and b.status in ('WAITING', 'PROCESSING'))
order by received_at, id`;

/** The next of orders, and of all else. */
export async function findNext(tx: Tx, integrationId: string): Promise<FileRow[]> {
  const rows = await tx.sql<FileRow>(NEXT, [integrationId]);
  const isOrders = ({ kind }: FileRow) => kind === 'ORDER';
  return [rows.find(isOrders), rows.find((row) => !isOrders(row))].filter((row) => row !== undefined);
}

export async function setStarted(tx: Tx, id: string, syncEventId: string): Promise<void> {
  await tx.sql('update import_files set sync_event_id = $2 where id = $1', [id, syncEventId]);
}

export async function setProcessing(db: Pick<Database, 'pool'>, id: string): Promise<void> {
  const statement = `update import_files set status = 'PROCESSING', error_code = null, error_message = null, finished_at = null
    where id = $1`;
  await db.pool.query(statement, [id]);
}

const SET_COLUMNS = 'update import_files set unused_columns = $2, column_hints = $3 where id = $1';

/** What the header has that nothing was made of. */
export async function setColumns(
  db: Pick<Database, 'pool'>,
  id: string,
  unused: readonly string[],
  hints: readonly string[],
): Promise<void> {
  await db.pool.query(SET_COLUMNS, [id, unused, hints]);
}

/** Counts come from the last runs of its sync event: a file of products may tell stock as well, row by row. */
const FINISH = `update import_files f set status = $2, error_code = $3, error_message = $4, finished_at = now(),
  rows_read = coalesce(p.rows_read, 0), rows_changed = coalesce(p.rows_changed, 0), problem_count = coalesce(p.problem_count, 0)
from (select) one left join lateral (
  select max(rows_read) as rows_read, sum(rows_changed) as rows_changed, sum(problem_count) as problem_count from (
    select distinct on (entity_type) * from pulls
    where sync_event_id = (select sync_event_id from import_files where id = $1) order by entity_type, started_at desc) runs) p on true
where f.id = $1 returning f.rows_read as "rowsRead", f.rows_changed as "rowsChanged", f.problem_count as "problemCount"`;

export interface Counts {
  rowsRead: number;
  rowsChanged: number;
  problemCount: number;
}

export async function setFinished(
  tx: Tx,
  id: string,
  status: 'DONE' | 'FAILED',
  error: { code: string; message: string } | null,
): Promise<Counts> {
  const [counts] = await tx.sql<Counts>(FINISH, [id, status, error?.code ?? null, error?.message ?? null]);
  return counts ?? { rowsRead: 0, rowsChanged: 0, problemCount: 0 };
}
