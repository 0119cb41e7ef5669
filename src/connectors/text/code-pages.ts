/** Character sets of files and of systems that are older than UTF-8. Node decodes all of them; what it does not do is encode. */
export const CODE_PAGES = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'windows-1254'] as const;
export type CodePage = (typeof CODE_PAGES)[number];

/** What is written for a character that a code page does not have. */
const SUBSTITUTE = '?';

const tables = new Map<CodePage, Map<string, number>>();

/** The bytes of a text; what the code page lacks is replaced as {@link fitText} does. */
export function encodeText(text: string, codePage: CodePage): Buffer {
  if (codePage === 'utf-8') return Buffer.from(text, 'utf8');
  if (codePage === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (codePage === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const table = tableOf(codePage);
  return Buffer.from([...replaceMissing(text, codePage)].map((character) => table.get(character) ?? 0x3f));
}

/**
 * The text as a system can keep it: composed characters, each that its code page lacks by its base letter (`ł` has none
 * and becomes `?`, `ő` becomes `o`), control characters as spaces, at most `length` characters.
 */
export function fitText(text: string, codePage: CodePage, length = Number.POSITIVE_INFINITY): string {
  const plain = text
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return [...replaceMissing(plain, codePage)].slice(0, length).join('').trimEnd();
}

function replaceMissing(text: string, codePage: CodePage): string {
  if (codePage.startsWith('utf-')) return text;
  const table = tableOf(codePage);
  return [...text.normalize('NFC')].map((character) => nearest(character, table)).join('');
}

function nearest(character: string, table: Map<string, number>): string {
  if (table.has(character)) return character;
  const base = [...character.normalize('NFKD')].filter((part) => table.has(part)).join('');
  return base === '' ? SUBSTITUTE : base;
}

/** Which byte stands for which character, from the decoder of the platform. */
function tableOf(codePage: CodePage): Map<string, number> {
  const known = tables.get(codePage);
  if (known) return known;
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const characters = [...new TextDecoder(codePage).decode(bytes)];
  const table = new Map(characters.map((character, byte) => [character, byte]));
  tables.set(codePage, table);
  return table;
}
