/** Said instead of a value: only JSONata can tell. */
export const UNCLEAR = Symbol('unclear');

const NAME = /^(?:[A-Za-z_][A-Za-z0-9_]*|`[^`]+`)(?:\.(?:[A-Za-z_][A-Za-z0-9_]*|`[^`]+`))*$/;
const STEP = /`([^`]+)`|[^.]+/g;
/** Words that mean something else in an expression. */
const WORDS = new Set(['true', 'false', 'null', 'and', 'or', 'in', 'function']);

/** Reads a document without the sandbox. */
export type PlainReader = (document: unknown) => unknown;

/**
 * A reader for a source that is nothing but names, `data.stock` or `` `Stok Kodu` ``: most are, and a list of a million
 * rows waits for each of them. Null: the source is a real expression.
 */
export function plainReader(source: string): PlainReader | null {
  const text = source.trim();
  if (!NAME.test(text)) return null;
  const names = Array.from(text.matchAll(STEP), ([whole, quoted]) => quoted ?? whole);
  if (text[0] !== '`' && WORDS.has(names[0] as string)) return null;
  return (document) => names.reduce(step, document);
}

function step(value: unknown, name: string): unknown {
  if (value === undefined || value === UNCLEAR) return value;
  // JSONata goes through every element of a list, and has rules of its own for what comes out.
  if (Array.isArray(value)) return UNCLEAR;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
