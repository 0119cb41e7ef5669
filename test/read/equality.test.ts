import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse, validate } from 'graphql';
import { type Comparison, startComparison } from './compare.js';
import { OperationWriter } from './operations.js';
import { randomOf } from './random.js';
import { schema } from './reading.js';

/** `npm run verify:reads` asks for 10,000. */
const OPERATIONS = Number(process.env['READ_OPERATIONS'] ?? 200);

let comparison: Comparison;
beforeAll(async () => {
  comparison = await startComparison();
});
afterAll(() => comparison.reading.db.drop());

it(
  `answers ${OPERATIONS} random operations as a plain executor over the same rows does, errors included`,
  async () => {
    const seen = { operations: 0, refused: 0 };

    for (let seed = 1; seed <= OPERATIONS; seed += 1) {
      const { query, variables } = new OperationWriter(schema, comparison.tables, randomOf(seed)).write();
      const document = parse(query);
      // Two nouns below `node` may have fields of one name and different types.
      if (validate(schema, document).length > 0) continue;
      seen.operations += 1;
      if (seen.operations % 500 === 0) process.stderr.write(`${seen.operations} operations compared\n`);
      seen.refused += (await comparison.compare(document, variables, { seed })) > 0 ? 1 : 0;
    }

    expect(seen.operations).toBeGreaterThan(OPERATIONS * 0.9);
    expect(seen.refused).toBeGreaterThan(OPERATIONS / 100);
  },
  120_000 + OPERATIONS * 200,
);
