import { type CodePage } from '../text/code-pages.js';
import { type DecimalSign, decimalSignOf } from '../text/local-decimals.js';

/** Letters of Windows-1254 that stand for something Icelandic in Windows-1252: Ğ İ Ş ğ ı ş. */
const TURKISH_BYTES = new Set([0xd0, 0xdd, 0xde, 0xf0, 0xfd, 0xfe]);
const DELIMITERS = [',', ';', '\t', '|'];
/** Records that decide; a file that begins otherwise than it goes on needs a setting. */
const SAMPLED_LINES = 50;

/** Learns an encoding from all of a file's bytes, chunk by chunk. */
export interface EncodingSense {
  take(chunk: Buffer): void;
  result(): CodePage;
}

/** A byte order mark, else UTF-16 by its zeros, else UTF-8 where every byte fits, else the Windows code page. */
export function senseEncoding(): EncodingSense {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let isUtf8 = true;
  let isTurkish = false;
  let head = Buffer.alloc(0);
  return {
    take(chunk) {
      if (head.length < 4096) head = Buffer.concat([head, chunk.subarray(0, 4096 - head.length)]);
      isUtf8 = isUtf8 && decodes(utf8, chunk);
      // What is right UTF-8 so far has no such letter of a Windows code page.
      isTurkish ||= !isUtf8 && chunk.some((byte) => TURKISH_BYTES.has(byte));
    },
    result() {
      const marked = byteOrderMark(head) ?? utf16ByZeros(head);
      if (marked) return marked;
      if (isUtf8) return 'utf-8';
      return isTurkish ? 'windows-1254' : 'windows-1252';
    },
  };
}

function decodes(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer): boolean {
  try {
    decoder.decode(chunk, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function byteOrderMark(head: Buffer): CodePage | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null;
}

/** The delimiters and digits of a table have a zero byte in UTF-16, on one side always. */
function utf16ByZeros(head: Buffer): CodePage | null {
  const zeros = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = head.length / 8;
  if (odd > most && odd > even * 4) return 'utf-16le';
  return even > most && even > odd * 4 ? 'utf-16be' : null;
}

/** The delimiter that the lines of a text have in common; `sep=;` in the first line says it itself. */
export function senseDelimiter(text: string): { delimiter: string; isDeclared: boolean } {
  const declared = /^sep=(.)\r?\n/i.exec(text)?.[1];
  if (declared) return { delimiter: declared, isDeclared: true };
  const lines = text
    .replace(/"(?:[^"]|"")*"/g, '')
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLED_LINES);
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, score: scoreOf(lines, delimiter) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return { delimiter: best.score > 0 ? best.delimiter : ',', isDeclared: false };
}

/** Lines that have as many as the header, times how many those are. */
function scoreOf(lines: string[], delimiter: string): number {
  const counts = lines.map((line) => line.split(delimiter).length - 1);
  const [first = 0] = counts;
  return first * counts.filter((count) => count === first).length;
}

/** The sign that numbers show where there is no doubt; null: none does, or both are there. */
export function senseDecimalSign(cells: Iterable<string>): DecimalSign | null {
  const seen = new Set<DecimalSign>();
  for (const cell of cells) {
    const sign = decimalSignOf(cell);
    if (sign && /\d/.test(cell)) seen.add(sign);
  }
  const [only] = seen;
  return seen.size === 1 ? (only ?? null) : null;
}
