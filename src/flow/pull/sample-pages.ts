import type pg from 'pg';
import type { PulledPage } from '../../connectors/pull.js';
import { newId } from '../../model/ids.js';
import { maskSecrets } from '../../model/mask-secrets.js';
import type { PullRun } from './pull-run.js';
import type { StagedRow } from './stage-rows.js';

/** Of an integration and kind. */
const MOST_KEPT = 200;
/** A record that is longer is no use as an example. */
const MOST_CHARACTERS = 32_768;
/** U+0000 and halves of surrogate pairs, as JSON writes them: PostgreSQL cannot hold them. */
const UNSTORABLE = /\\u0000|\\ud[89a-f]/;

/** Fewer than are kept, of a run that read only what changed, leave the newest of those before. */
const SAVE = `with gone as (
  delete from pull_samples where id in (
    select id from pull_samples where integration_id = $2 and entity_type = $3 order by id desc offset ${MOST_KEPT} - $7::int)
)
insert into pull_samples (merchant_id, integration_id, entity_type, pull_id, id, record, own_row)
select $1, $2, $3, $4, * from unnest($5::text[], $6::jsonb[], $8::jsonb[])`;

interface Picked {
  record: string;
  row: string;
}

/** The pages as they are; once all are read, some of their records are kept, each of them as likely as any other. */
export async function* samplePages<Page extends PulledPage<StagedRow>>(
  client: pg.Client,
  run: PullRun,
  kind: 'PRODUCT' | 'INVENTORY',
  pages: AsyncIterable<Page>,
): AsyncGenerator<Page> {
  const picked: Picked[] = [];
  let read = 0;
  for await (const page of pages) {
    for (const [index, row] of page.rows.entries()) {
      const place = read < MOST_KEPT ? read : Math.floor(Math.random() * (read + 1));
      read += 1;
      if (place >= MOST_KEPT) continue;
      const found = pick(page.source?.(index) ?? row, row);
      if (found) picked[place] = found;
    }
    yield page;
  }
  await save(client, run, kind, picked.filter(Boolean));
}

function pick(source: unknown, row: StagedRow): Picked | null {
  const found = { record: JSON.stringify(maskSecrets(source)), row: JSON.stringify(row) };
  const isKept = (text: string) => text.length <= MOST_CHARACTERS && !UNSTORABLE.test(text);
  return isKept(found.record) && isKept(found.row) ? found : null;
}

async function save(client: pg.Client, run: PullRun, kind: string, picked: readonly Picked[]): Promise<void> {
  if (picked.length === 0) return;
  const ids = picked.map(() => newId('PullSample'));
  const records = picked.map(({ record }) => record);
  const rows = picked.map(({ row }) => row);
  await client.query(SAVE, [run.merchantId, run.integrationId, kind, run.id, ids, records, picked.length, rows]);
}
