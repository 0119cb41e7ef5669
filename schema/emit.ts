import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildHubSchema } from './build.js';

/** Run by `npm run schema`: what clients read is committed, and drift is a failing check. */
writeFileSync('schema/schema.graphql', `${printSchema(lexicographicSortSchema(buildHubSchema()))}\n`);
