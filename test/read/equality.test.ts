import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type GraphQLError, parse, validate } from 'graphql';
import type { ReadResult } from '../../src/read/reader.js';
import { type Operation, OperationWriter } from './operations.js';
import { randomOf } from './random.js';
import { callerOf, type Reading, schema, startReading } from './reading.js';
import { createReference, type Reference } from './reference.js';
import { loadTables, type Tables } from './reference-rows.js';

/** `npm run verify:reads` asks for 10,000. */
const OPERATIONS = Number(process.env['READ_OPERATIONS'] ?? 200);
const MERCHANTS = [null, 'm1', 'm2'];

let reading: Reading;
let tables: Tables;
let references: Reference[];
beforeAll(async () => {
  reading = await startReading();
  // Rows that break the schema's promises: the exact error must be found.
  await reading.db.pool.query(`update orders set status = 'BOGUS' where id like '%7' or id like '%1'`);
  await reading.db.pool.query(`update sync_events set direction = 'BOGUS' where id % 5 = 0`);
  await reading.db.pool.query(`update sync_events set integration_id = 'gone' where id = 11`);
  tables = await loadTables(reading.db, null);
  references = await Promise.all(MERCHANTS.map(async (id) => createReference(await loadTables(reading.db, id))));
});
afterAll(() => reading.db.drop());

it(
  `answers ${OPERATIONS} random operations as a plain executor over the same rows does, errors included`,
  async () => {
    const seen = { operations: 0, refused: 0 };

    for (let seed = 1; seed <= OPERATIONS; seed += 1) {
      const operation = new OperationWriter(schema, tables, randomOf(seed)).write();
      // Two nouns below `node` may have fields of one name and different types.
      if (validate(schema, parse(operation.query)).length > 0) continue;
      seen.operations += 1;
      seen.refused += (await compareAll(seed, operation)) > 0 ? 1 : 0;
    }

    expect(seen.operations).toBeGreaterThan(OPERATIONS * 0.9);
    expect(seen.refused).toBeGreaterThan(OPERATIONS / 100);
  },
  120_000 + OPERATIONS * 60,
);

/** Both tails, for a caller of every merchant and for one of each; answers how many errors there were. */
async function compareAll(seed: number, { query, variables }: Operation): Promise<number> {
  const document = parse(query);
  let errors = 0;
  for (const [index, merchantId] of MERCHANTS.entries()) {
    const context = reading.contextOf(callerOf({ merchantId }));
    const expected = comparable((await references[index]?.(document, variables)) as ReadResult);
    for (const raw of [true, false]) {
      const answer = comparable(await reading.reader.execute({ document, variables, context, raw }));
      expect({ seed, merchantId, raw, query, variables, answer }).toEqual({
        seed,
        merchantId,
        raw,
        query,
        variables,
        answer: expected,
      });
    }
    errors += expected.errors.length;
  }
  return errors;
}

/** Messages are the planner's own; place and code are not. */
function comparable({ data, errors = [] }: ReadResult): { data: unknown; errors: string[] } {
  const place = (error: GraphQLError) => `${error.path?.join('.')} ${error.extensions['code']}`;
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors: errors.map(place).sort() };
}
