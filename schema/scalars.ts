import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, visit } from 'graphql';
import { GraphQLJSON } from 'graphql-scalars';
import { explainLost, isLost } from '../src/model/lost-number.js';
import { isDay } from '../src/model/read-instant.js';

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)$/;
const DECIMAL = /^-?\d{1,20}(\.\d{1,10})?$/;

/** What PostgreSQL and ISO 8601 write alike: years of four digits, in UTC as well. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** Any ISO 8601 time with an offset becomes UTC text ending in `Z`; microseconds are kept, what is finer is cut. */
function parseDateTime(value: unknown): string {
  const isTime = typeof value === 'string' && DATE_TIME.test(value) && isDay(value.slice(0, 10));
  const time = isTime ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw badInput('A DateTime is ISO 8601 with an offset, for example "2026-01-31T12:00:00Z".');
  if (time < EARLIEST || time > LATEST) throw badInput('A DateTime lies in the years 1 to 9999, in UTC.');
  const fraction = (/\.(\d{1,9})/.exec(String(value))?.[1] ?? '').padEnd(6, '0').slice(0, 6);
  const second = new Date(time).toISOString().slice(0, 19);
  return Number(fraction) === 0 ? `${second}Z` : `${second}.${fraction.replace(/0+$/, '')}Z`;
}

function serializeDateTime(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function parseDecimal(value: unknown): string {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && DECIMAL.test(text)) return text;
  throw badInput(
    'A Decimal is exact text such as "199.98", with at most 20 digits before and 10 after the point; a JSON number with a fraction is not exact.',
  );
}

/** The source text of a number is exact, so unlike in variables a literal may be written without quotes. */
function parseDecimalLiteral(node: ValueNode): string {
  const written = node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT;
  return parseDecimal(written ? node.value : undefined);
}

function parseText(value: unknown): string {
  if (typeof value !== 'string') throw badInput('A Cursor is text.');
  return value;
}

/** In TypeScript: text, ISO 8601 in UTC, ending in `Z`. A resolver may also return a `Date`. */
export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'ISO 8601, UTC: `2026-01-31T12:00:00Z`. Any offset is understood in input.',
  serialize: serializeDateTime,
  parseValue: parseDateTime,
});

/** In TypeScript: exact decimal text, never a number. */
export const Decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description: 'Exact decimal, a string on the wire: `"199.98"`.',
  serialize: String,
  parseValue: parseDecimal,
  parseLiteral: parseDecimalLiteral,
});

export const Cursor = new GraphQLScalarType<string, string>({
  name: 'Cursor',
  description: 'An opaque position in a list or in the feed. Use it only where it came from.',
  serialize: String,
  parseValue: parseText,
});

const MOST_LEVELS = 50;

/** What nests deeper is no document of anybody's, and cannot be written as text again without a deep stack. */
function checkedDocument(value: unknown): unknown {
  if (isDeeper(value, MOST_LEVELS)) throw badInput(`A JSON value nests at most ${MOST_LEVELS} levels deep.`);
  return value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

/** In variables a number that is lost is refused where they are read. */
function refuseLostLiterals(node: ValueNode): void {
  const check = ({ value }: { value: string }) => {
    if (isLost(value)) throw badInput(explainLost({ source: value }));
  };
  visit(node, { IntValue: check, FloatValue: check });
}

export const Json = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  parseValue: checkedDocument,
  parseLiteral: (node, variables) => {
    refuseLostLiterals(node);
    return checkedDocument(GraphQLJSON.parseLiteral(node, variables));
  },
});
