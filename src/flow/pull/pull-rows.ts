import type pg from 'pg';
import type { PulledPage, RowProblem } from '../../connectors/pull.js';
import { findProblem } from './check-row.js';
import { findExcess } from './guard-removal.js';
import { type Merge, mergeRows } from './merge-rows.js';
import type { PullRun } from './pull-run.js';
import { createStage, prepareMerge, type StagedRow, stageRows, stageUnread } from './stage-rows.js';

/**
 * Products or stock: reads all pages into the stage first, then merges. An upstream that fails in the middle has changed
 * nothing here.
 * @throws HubError TOO_MUCH_MISSING, once what was read is written
 */
export async function pullRows(
  client: pg.Client,
  run: PullRun,
  kind: 'PRODUCT' | 'INVENTORY',
  pages: AsyncIterable<PulledPage<StagedRow>>,
  afterChunk: () => void,
): Promise<void> {
  await createStage(client);
  let read = 0;
  let isAnyUnknown = false;
  for await (const { rows, problems = [], line } of pages) {
    const before = read;
    const found = checkRows(rows, kind, (index) => line?.(index) ?? before + index + 1);
    read += rows.length;
    await stageRows(client, found.right);
    const wrong = [...problems, ...found.problems];
    await stageUnread(client, wrong);
    isAnyUnknown ||= wrong.some(isUnknown);
    await run.note({ read: rows.length, problems: run.since === null ? wrong.map(tellOfUnknown) : wrong });
  }
  await prepareMerge(client);
  const { merchantId, integrationId, syncEventId, since } = run;
  const merge: Merge = { kind, merchantId, integrationId, syncEventId, full: since === null };
  const excess = merge.full ? await findExcess(client, merge, run.removeAtMost) : null;
  const keepsAll = excess !== null || isAnyUnknown;
  for await (const chunk of mergeRows(client, keepsAll ? { ...merge, full: false } : merge)) {
    await run.note(chunk);
    afterChunk();
  }
  if (excess) throw excess;
}

const isUnknown = ({ sku }: RowProblem) => sku === null || sku === undefined;

/** Its SKU may be any that is known: so that nobody wonders why nothing is removed. */
function tellOfUnknown(problem: RowProblem): RowProblem {
  if (!isUnknown(problem)) return problem;
  return { ...problem, rule: `${problem.rule}; while a row tells no SKU, nothing that the list lacks is removed` };
}

function checkRows(rows: readonly StagedRow[], kind: 'PRODUCT' | 'INVENTORY', lineOf: (index: number) => number) {
  const right: StagedRow[] = [];
  const problems: RowProblem[] = [];
  for (const [index, row] of rows.entries()) {
    const problem = findProblem(row, kind, lineOf(index));
    if (problem) problems.push(problem);
    else right.push(row);
  }
  return { right, problems };
}
