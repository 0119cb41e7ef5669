import { expect } from '@jest/globals';
import { type DocumentNode, type GraphQLError, print } from 'graphql';
import type { ReadResult } from '../../src/read/reader.js';
import { callerOf, type Reading, startReading } from './reading.js';
import { createReference } from './reference.js';
import { loadTables, type Tables } from './reference-rows.js';

const MERCHANTS = [null, 'm1', 'm2'];

/** The planner over a database, and a plain executor over the same rows in memory. */
export interface Comparison {
  reading: Reading;
  tables: Tables;
  /**
   * Compares both tails with the plain executor, for a caller of every merchant and for one of each, all at once; answers
   * how many errors there were.
   */
  compare(document: DocumentNode, variables: Record<string, unknown>, about?: unknown): Promise<number>;
}

export async function startComparison(): Promise<Comparison> {
  const reading = await startReading();
  await breakPromises(reading);
  const references = await Promise.all(MERCHANTS.map(async (id) => createReference(await loadTables(reading.db, id))));
  const compare: Comparison['compare'] = async (document, variables, about = null) => {
    const counts = MERCHANTS.map(async (merchantId, index) => {
      const expected = comparable((await references[index]?.(document, variables)) as ReadResult);
      const context = reading.contextOf(callerOf({ merchantId }));
      const answers = await Promise.all(
        [true, false].map((raw) => reading.reader.execute({ document, variables, context, raw })),
      );
      const asked = { about, merchantId, query: print(document), variables };
      for (const answer of answers)
        expect({ ...asked, answer: comparable(answer) }).toEqual({ ...asked, answer: expected });
      return expected.errors.length;
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };
  return { reading, tables: await loadTables(reading.db, null), compare };
}

/** Rows that are not as the schema says: the exact error must be found. */
async function breakPromises({ db }: Reading): Promise<void> {
  await db.pool.query(`update orders set status = 'BOGUS' where id like '%7' or id like '%1'`);
  await db.pool.query(`update sync_events set direction = 'BOGUS' where id % 5 = 0`);
  await db.pool.query(`update sync_events set integration_id = 'gone' where id = 11`);
}

/** Messages are the planner's own; place and code are not. */
function comparable({ data, errors = [] }: ReadResult): { data: unknown; errors: string[] } {
  const place = (error: GraphQLError) => `${error.path?.join('.')} ${error.extensions['code']}`;
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors: errors.map(place).sort() };
}
