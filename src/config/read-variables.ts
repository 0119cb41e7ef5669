import { type Problem, problemWith } from './problems.js';
import type { ValuesOf, Variable } from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of a variable; blank counts as not set, as compose files and CI systems pass it. */
export function textOf(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** Reads a table of variables. What cannot be read is reported to `problems` and left out of the answer. */
export function readVariables<Table extends Record<string, Variable>>(
  env: Environment,
  table: Table,
  problems: Problem[],
  prefix = '',
): ValuesOf<Table> {
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries<Variable>(table)) {
    const given = textOf(env, prefix + name);
    const text = given ?? variable.default;
    if (text === undefined) continue;
    const read = variable.schema.safeParse(text);
    if (read.success) values[name] = read.data;
    else problems.push(problemWith(prefix + name, variable, text));
  }
  return values as ValuesOf<Table>;
}
