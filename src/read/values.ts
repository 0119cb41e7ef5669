import { GraphQLError } from 'graphql';

const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d(:?\d\d)?)$/;

/** Whether PostgreSQL will read the text as this type: its own messages would leak, and end as INTERNAL. */
const VALID: Readonly<Record<string, (text: string) => boolean>> = {
  bigint: (text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text),
  integer: (text) => /^-?\d{1,10}$/.test(text) && Math.trunc(Number(text)) === (Number(text) | 0),
  numeric: (text) => /^-?\d{1,100}(\.\d{1,100})?$/.test(text),
  timestamptz: (text) => TIME.test(text) && !Number.isNaN(Date.parse(isoTime(text))),
  boolean: (text) => text === 'true' || text === 'false',
};

function isoTime(text: string): string {
  return text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
}

/** @param path the argument that is wrong, where it is one */
export function badInput(message: string, ...path: string[]): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', ...(path.length > 0 && { path }) } });
}

/** Checks one parameter, or each of a list, before it is sent. @throws GraphQLError BAD_USER_INPUT */
export function checkValue(name: string, type: string, value: unknown): void {
  const kind = type.replace('[]', '');
  for (const item of Array.isArray(value) ? value : [value]) {
    if (item === null || item === undefined) continue;
    const text = String(item);
    if (text.includes('\0')) throw badInput(`"${name}" contains a NUL character, which is not stored anywhere.`, name);
    if (!(VALID[kind]?.(text) ?? true)) throw badInput(`"${name}" is not a valid ${kind}.`, name);
  }
}

/** Checks a whole number where it is given. @throws GraphQLError BAD_USER_INPUT */
export function checkWithin(name: string, value: unknown, from: number, to: number): void {
  if (typeof value !== 'number' || (value >= from && value <= to)) return;
  throw badInput(`"${name}" must be between ${from} and ${to}; it is ${value}.`, name);
}
