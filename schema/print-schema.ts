import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildHubSchema } from './build.js';

/** The public schema as clients read it; committed as `schema.graphql`, and drift is a failing check. */
export function printHubSchema(): string {
  return `${printSchema(lexicographicSortSchema(buildHubSchema()))}\n`;
}
