/** Which of a workbook's styles show a number as a date. */
export interface WorkbookStyles {
  isDate(style: number): boolean;
  /** Days are counted from 1904, as old Macs did. */
  is1904: boolean;
}

/** Built-in formats that are dates or times. */
const DATE_FORMATS = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47]);

/** `read` answers a part's text, empty where there is none. */
export async function readStyles(read: (part: string) => Promise<string>): Promise<WorkbookStyles> {
  const styles = await read('xl/styles.xml');
  const workbook = await read('xl/workbook.xml');
  const own = new Map(
    [...styles.matchAll(/<numFmt\b[^>]*>/g)].map(([tag]) => [
      Number(attribute(tag, 'numFmtId')),
      attribute(tag, 'formatCode'),
    ]),
  );
  const formats = /<cellXfs\b[\s\S]*?<\/cellXfs>/.exec(styles)?.[0] ?? '';
  const dates = [...formats.matchAll(/<xf\b[^>]*>/g)].map(([tag]) => {
    const id = Number(attribute(tag, 'numFmtId'));
    return DATE_FORMATS.has(id) || isDateFormat(own.get(id) ?? '');
  });
  return { isDate: (style) => dates[style] ?? false, is1904: /<workbookPr\b[^>]*date1904="(1|true)"/.test(workbook) };
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}

/** Days, months, years, hours or seconds outside of quotes, brackets and escapes. */
function isDateFormat(code: string): boolean {
  return /[dmyhs]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\.|&quot;.*?&quot;|General/gi, ''));
}
