import { readFileSync, writeFileSync } from 'node:fs';
import { printHubSchema } from '../schema/print-schema.js';
import { describeConfiguration, describeEnvironment } from './describe-configuration.js';
import { describeDatabase } from './describe-database.js';
import { describeErrorCodes } from './describe-error-codes.js';
import { describeMetrics } from './describe-metrics.js';

/** What is written from the code, committed, and read by people and clients. */
const GENERATED: Record<string, () => string | Promise<string>> = {
  'schema/schema.graphql': printHubSchema,
  'docs/database.sql': describeDatabase,
  'docs/configuration.md': describeConfiguration,
  'docs/error-codes.md': describeErrorCodes,
  'docs/metrics.md': describeMetrics,
  '.env.example': describeEnvironment,
};

function readIfPresent(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const check = process.argv.includes('--check');
for (const [path, render] of Object.entries(GENERATED)) {
  const text = await render();
  if (text === readIfPresent(path)) continue;
  if (!check) writeFileSync(path, text);
  else process.exitCode = 1;
  console.log(check ? `${path} is out of date: run "npm run generate" and commit it.` : `${path} written.`);
}
