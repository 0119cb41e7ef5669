import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { UpstreamRecord } from '../../connectors/connector.js';
import type { RowProblem } from '../../connectors/pull.js';

const CREATE = `create temp table if not exists told (n int generated always as identity,
  external_id text not null, entity_id text, number text, updated_at timestamptz, fields jsonb not null, details jsonb);
create temp table if not exists unread (external_id text);
truncate told, unread restart identity`;

const COPY = 'copy told (external_id, entity_id, number, updated_at, fields, details) from stdin';
const ADD_UNREAD = 'insert into unread select unnest($1::text[])';

const ESCAPED: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What the system told, in a temporary table of the run's own connection: no page of it stays in this process. */
export async function createStage(client: pg.Client): Promise<void> {
  await client.query(CREATE);
}

export async function stageRecords(client: pg.Client, records: readonly UpstreamRecord[]): Promise<void> {
  if (records.length === 0) return;
  const stream = client.query(copyFrom(COPY));
  stream.end(records.map(toLine).join(''));
  await finished(stream);
}

/** Records that could not be read are there all the same. */
export async function stageUnread(client: pg.Client, problems: readonly RowProblem[]): Promise<void> {
  if (problems.length === 0) return;
  await client.query(ADD_UNREAD, [problems.map(({ externalId }) => externalId ?? null)]);
}

function toLine({ externalId, entityId, number, updatedAt, fields, details }: UpstreamRecord): string {
  const values = [externalId, entityId, number, updatedAt, JSON.stringify(fields), JSON.stringify(details)];
  return `${values.map(toField).join('\t')}\n`;
}

function toField(value: string | null): string {
  if (value === null) return '\\N';
  return value.replace(/[\\\n\r\t]/g, (character) => ESCAPED[character] as string);
}
