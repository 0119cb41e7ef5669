import type { RowProblem } from '../pull.js';

/** One record as text; the header is the first. */
export interface RawRow {
  /** From 1, of its beginning. */
  line: number;
  cells: string[];
  /** Columns whose number does not depend on how people write it: a workbook's. */
  numeric?: ReadonlySet<number>;
}

/** Some records of a table, in their order. */
export interface RawTable {
  rows: RawRow[];
  problems: RowProblem[];
}
