import type { PulledPage, RowProblem } from '../pull.js';

/** A page from records and what was made of each, a row or what is wrong with it; `from`: how many records came before. */
export function toPage<Row extends object>(
  records: readonly unknown[],
  made: readonly (Row | RowProblem)[],
  from: number,
): PulledPage<Row> {
  const taken = made.flatMap((one, index) => ('rule' in one ? [] : [index]));
  const placeOf = (index: number) => taken[index] ?? 0;
  return {
    rows: taken.map((index) => made[index] as Row),
    problems: made.filter((one): one is RowProblem => 'rule' in one),
    source: (index) => records[placeOf(index)],
    line: (index) => from + placeOf(index) + 1,
  };
}
