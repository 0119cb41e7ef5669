/** Gives the placeholder of an argument or filter field, or null where the caller left it out. */
export type Placeholder = (name: string, type: string) => string | null;

/** How a field is read, where the entity of the type's name and the property of the field's name do not say it. */
export interface FieldRule {
  /** The entity's property, where it has another name. */
  property?: string;
  /** An SQL expression over a row's alias, of this PostgreSQL type; null for "may be null". */
  expression?: { sql: (row: string) => string; type: string; nullable?: boolean };
  /** Joins the other noun's rows (alias `other`) by a condition that is not a foreign key. */
  relation?: { on: (row: string, other: string) => string };
  /**
   * Rows of a list at the root come from this, an SQL table expression, instead of the noun's table. `limits` writes what
   * limits the rows that it counts to the systems that the caller may see: `and …`, or nothing.
   */
  from?: (arg: Placeholder, merchant: string | null, limits: (row: string) => string) => string;
  /** A further condition on the rows of a list or connection, from its own arguments. */
  where?: (row: string, arg: Placeholder) => string;
  /** Refuses arguments of a list at the root. @throws GraphQLError BAD_USER_INPUT */
  check?: (args: Readonly<Record<string, unknown>>) => void;
  /** Order of the list, by property; the noun's identity is added. Default: newest first by identity. */
  order?: readonly (readonly [property: string, direction: 'asc' | 'desc'])[];
  /** Most rows of a list that has no pages. */
  limit?: number;
  /** The field has a resolver in JavaScript that needs these properties of the row (as `row.$property`). */
  needs?: readonly string[];
  /** The argument whose length is that of the list; for the operation's cost. */
  sizedBy?: string;
  /** A field that JavaScript answers without the database. */
  js?: boolean;
  /** Of a change's noun: its fields that stand as they were then, each by the change's field that says so. */
  asOfChange?: Readonly<Record<string, string>>;
}

/**
 * SQL of a filter's field over a row's alias; `arg` gives placeholders of the filter's fields, `isFailed` says whether one of
 * them asks for what failed and nothing else.
 */
export type FilterRule = (row: string, arg: Placeholder, isFailed: (name: string) => boolean) => string;

/**
 * A filter's field that finds rows by a part of their texts, in lower case: of the row's own columns, and of those of one that
 * it refers to. Both have an index of trigrams (`…_search`) over the same columns in the same order.
 */
export interface SearchRule {
  own: readonly string[];
  /** `key`: this row's column that has the other's id. */
  related?: { table: string; key: string; texts: readonly string[] };
}

/**
 * What failed is rare, is asked for by name, and has indexes of its own, which PostgreSQL takes only where the statement
 * says so in words: it is the one value of a filter that is written into the plan.
 */
export function isFailedAlone(value: unknown): boolean {
  return value === 'FAILED' || (Array.isArray(value) && value.length === 1 && value[0] === 'FAILED');
}
