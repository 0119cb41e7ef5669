import { assertValidSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildHubSchema } from './build.js';

/**
 * The public schema as clients read it; committed as `schema.graphql`, and drift is a failing check.
 * @throws Error when it is no schema by GraphQL's rules
 */
export function printHubSchema(): string {
  const schema = buildHubSchema();
  assertValidSchema(schema);
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
