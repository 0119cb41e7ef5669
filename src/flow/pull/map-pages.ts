import type { PulledPage, RowProblem } from '../../connectors/pull.js';
import { HubError } from '../../errors.js';
import type { MappingRun } from '../../mapping/apply-rules.js';
import type { BoundMappings } from '../../mapping/create-mappings.js';
import { completeStock, leftToProducts, withoutProduct } from '../webhooks/map-items.js';
import type { StagedRow } from './stage-rows.js';

/** A rule that takes too long on so many rows would take too long on the next million. */
const MOST_TIMEOUTS = 10;
const LONGEST_VALUE = 200;

/** Whether any rule concerns rows of this kind. */
export const isMapped = (mappings: BoundMappings, kind: 'PRODUCT' | 'INVENTORY') =>
  mappings.maps(kind, 'INBOUND') || (kind === 'INVENTORY' && leftToProducts(mappings).length > 0);

/**
 * Pages after the integration's rules. A row that they cannot follow is a problem, and the others go on.
 * @throws HubError MAPPING_TIMEOUT when rules take too long again and again
 */
export async function* mapPages<Row extends StagedRow>(
  mappings: BoundMappings,
  kind: 'PRODUCT' | 'INVENTORY',
  pages: AsyncIterable<PulledPage<Row>>,
): AsyncGenerator<PulledPage<Row>> {
  const written = mappings.inboundTargets(kind);
  // A connector tells the SKU that it read, and the rules make another of it.
  const writtenAnew = (problem: RowProblem) => (written.has('sku') ? { ...problem, sku: null } : problem);
  const quiet = kind === 'INVENTORY' ? leftToProducts(mappings) : [];
  let before = 0;
  let timeouts = 0;
  for await (const page of pages) {
    const lineOf = (index: number) => page.line?.(index) ?? before + index + 1;
    const items = page.rows.map((target, index) => ({ document: page.source?.(index) ?? target, target }));
    const runs = await mappings.inboundRows(kind, items);
    timeouts += runs.filter(({ outcomes }) => outcomes.some(({ errorCode }) => errorCode === 'MAPPING_TIMEOUT')).length;
    if (timeouts >= MOST_TIMEOUTS) throw tooSlow(runs);
    const problems = runs.map((run, index) => problemOf(run, lineOf(index)));
    const right = runs.flatMap((_, index) => (problems[index] ? [] : [index]));
    yield {
      rows: right.map((index) =>
        withoutProduct(completeStock((runs[index] as MappingRun<Row>).output, written), quiet),
      ),
      problems: [...(page.problems ?? []).map(writtenAnew), ...problems.filter((problem) => problem !== null)],
      line: (place) => lineOf(right[place] ?? 0),
    };
    before += page.rows.length;
  }
}

function problemOf({ output, outcomes }: MappingRun<StagedRow>, line: number): RowProblem | null {
  const failed = outcomes.find(({ errorCode }) => errorCode !== null);
  if (!failed) return null;
  const value = typeof failed.found === 'string' ? failed.found : JSON.stringify(failed.found);
  // A SKU that could not be written is any.
  const sku = failed.field === 'sku' ? null : output.sku;
  return { line, column: failed.source, value: value.slice(0, LONGEST_VALUE), rule: failed.errorMessage ?? '', sku };
}

function tooSlow(runs: readonly MappingRun<unknown>[]): HubError {
  const slow = runs.flatMap(({ outcomes }) => outcomes).find(({ errorCode }) => errorCode === 'MAPPING_TIMEOUT');
  return new HubError(
    'MAPPING_TIMEOUT',
    `${slow?.errorMessage ?? 'A rule takes too long'} It was so for ${MOST_TIMEOUTS} rows.`,
  );
}
