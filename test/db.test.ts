import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from './harness/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it('rolls back both the entities and the statements of a failed transaction, and calls nothing after it', async () => {
  let called = false;
  const failing = db.transaction(async (tx) => {
    tx.afterCommit(() => {
      called = true;
    });
    await tx.sql('insert into merchants (id, name) values ($1, $2)', ['m1', 'Ayşe & Söhne']);
    throw new Error('stop');
  });

  await expect(failing).rejects.toThrow('stop');

  expect(called).toBe(false);
  expect((await db.pool.query('select 1 from merchants')).rowCount).toBe(0);
});
