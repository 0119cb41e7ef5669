/** Quoted from end to end, on one line. */
const ENCLOSED = /^"([^\r\n]*)"\s*$/;

/**
 * Reads quoted cells whose own quotes are not doubled (`"a "b" c"`) as a person would, in place: without the outer quotes.
 * Answers the first cell that cannot be read so, since the parser has it with a quote that opens and none that ends it.
 * `text`: what the cells were read from. Cells whose quotes are doubled there are left as they are.
 */
export function mendQuotes(cells: string[], text: readonly (Buffer | string)[]): string | null {
  for (const [index, cell] of cells.entries()) {
    if (!cell.startsWith('"') || stands(`"${cell.replaceAll('"', '""')}"`, text)) continue;
    const inner = ENCLOSED.exec(cell)?.[1];
    if (inner === undefined) return cell;
    cells[index] = inner;
  }
  return null;
}

function stands(written: string, text: readonly (Buffer | string)[]): boolean {
  if (text.some((piece) => piece.includes(written))) return true;
  return text.length > 1 && join(text).includes(written);
}

/** Where a record goes over the border of pieces. */
function join(text: readonly (Buffer | string)[]): Buffer | string {
  const buffers = text.filter((piece) => typeof piece !== 'string');
  return buffers.length > 0 ? Buffer.concat(buffers) : text.join('');
}
