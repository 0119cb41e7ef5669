import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { audit } from '../../src/access/audit.js';
import { sqlOn } from '../../src/db/database.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const entries = async (action: string) =>
  (await db.pool.query('select * from audit_entries where action = $1', [action])).rows;

it('G17 masks what is named like a secret, however deep', async () => {
  const details = {
    name: 'Portal',
    credentials: { user: 'u' },
    settings: { webhookSecret: 's', headers: [{ 'X-API-Key': 'k', Authorization: 'Bearer t' }], idempotencyKey: 'i' },
  };

  await audit(sqlOn(db.pool), { actor: 'ada', action: 'integration.create', outcome: 'OK', details });

  const [entry] = await entries('integration.create');
  expect(JSON.parse(entry.details ?? 'null') ?? entry.details).toEqual({
    name: 'Portal',
    credentials: '***',
    settings: { webhookSecret: '***', headers: [{ 'X-API-Key': '***', Authorization: '***' }], idempotencyKey: 'i' },
  });
});

it('G17 stands or falls with the transaction', async () => {
  const failing = db.transaction(async (tx) => {
    await audit(tx.sql, {
      actor: 'ada',
      action: 'order.create',
      outcome: 'OK',
      entityType: 'ORDER',
      entityId: 'ord_1',
    });
    throw new Error('stop');
  });

  await expect(failing).rejects.toThrow('stop');

  expect(await entries('order.create')).toEqual([]);
});

it.each([
  'update audit_entries set actor = $1',
  'delete from audit_entries where actor <> $1',
  'truncate audit_entries',
])('G17 refuses: %s', async (statement) => {
  await audit(sqlOn(db.pool), { actor: 'ada', action: 'order.cancel', outcome: 'REFUSED' });

  const change = db.pool.query(statement, statement.includes('$1') ? ['eve'] : []);

  await expect(change).rejects.toThrow('append-only');
  expect((await entries('order.cancel'))[0]).toMatchObject({ actor: 'ada', outcome: 'REFUSED' });
});
