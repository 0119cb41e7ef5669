import { rename, writeFile } from 'node:fs/promises';
import type { FileReport } from '../files.js';
import { writeTable } from '../text/write-table.js';
import { unusable } from './folder.js';

/** A table that opens in any spreadsheet: the summary, then a line for each problem. */
export async function writeReport(path: string, { summary, problems }: FileReport): Promise<void> {
  const rows = [
    ['line', 'column', 'value', 'rule'],
    ['', '', '', summary],
    ...problems.map(({ line, column, value, rule }) => [String(line), column, value, rule]),
  ];
  const bytes = writeTable(rows, { delimiter: ',', encoding: 'utf-8', byteOrderMark: true });
  await writeFile(`${path}.tmp`, bytes).catch(unusable);
  await rename(`${path}.tmp`, path).catch(unusable);
}
