import { Readable } from 'node:stream';
import type { HubContext } from '../../../../schema/context.js';
import { writeTable } from '../../../connectors/text/write-table.js';
import { runOrThrow } from '../run-or-throw.js';
import { AUDIT_PAGE, type AuditPage } from './operations.js';

/** Columns of the table, which are the fields of an entry. */
const COLUMNS = [
  ...['id', 'at', 'actor', 'actorRole', 'action', 'outcome', 'merchantId', 'entityType', 'entityId', 'integrationId'],
  ...['requestId', 'durationMs', 'details'],
] as const;
const DIALECT = { delimiter: ',', encoding: 'utf-8', byteOrderMark: false } as const;

type Entry = Record<string, unknown>;

/** A way of writing entries; `head` comes before them all. */
interface Format {
  type: string;
  head: Buffer;
  write(entries: readonly Entry[]): Buffer;
}

export const AUDIT_FORMATS = {
  /** What a spreadsheet would take for a formula has an apostrophe in front. */
  csv: {
    type: 'text/csv; charset=utf-8',
    head: writeTable([COLUMNS], DIALECT),
    write: (entries) =>
      writeTable(
        entries.map((entry) => COLUMNS.map((name) => cellOf(entry[name]))),
        DIALECT,
      ),
  },
  ndjson: {
    type: 'application/x-ndjson; charset=utf-8',
    head: Buffer.alloc(0),
    write: (entries) => Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')),
  },
} as const satisfies Record<string, Format>;

function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * The entries that the filter selects, newest first, read page by page as fast as the client takes them; what is written
 * meanwhile is not among them.
 * @throws HubError before anything is sent, when the caller may not read them or the filter makes no sense
 */
export async function exportAudit(
  context: HubContext,
  filter: Record<string, unknown>,
  { head, write }: Format,
): Promise<Readable> {
  const read = async (after: string | null) =>
    (await runOrThrow<AuditPage>(context, AUDIT_PAGE, { filter, after })).auditLog;
  const first = await read(null);
  async function* chunks() {
    yield head;
    for (let page = first; ; page = await read(page.pageInfo.endCursor)) {
      yield write(page.nodes);
      if (!page.pageInfo.hasNextPage) return;
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}
