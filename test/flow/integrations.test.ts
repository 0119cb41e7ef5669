import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { configureIntegration } from '../../src/flow/integrations/configure-integration.js';
import { createIntegration } from '../../src/flow/integrations/create-integration.js';
import { deleteIntegration } from '../../src/flow/integrations/delete-integration.js';
import { updateIntegration } from '../../src/flow/integrations/update-integration.js';
import { createOrder } from '../../src/flow/orders/create-order.js';
import { syncOrder } from '../../src/flow/orders/sync-order.js';
import { syncInventory } from '../../src/flow/products/sync-inventory.js';
import { startSync } from '../../src/flow/sync/start-sync.js';
import { ADMIN, as, portalIntegration, startServices, type TestServices, until } from './harness.js';

let hub: TestServices;
beforeAll(async () => {
  hub = await startServices();
});
afterAll(() => hub.close());

let made = 0;
const orderFor = (merchantId: string) =>
  createOrder(hub, ADMIN, {
    number: `O-${++made}`,
    merchantId,
    currency: 'EUR',
    lines: [{ sku: 'A', quantity: 1, unitPrice: '1.00' }],
  });
const eventsOf = async (entityId: string) =>
  (await hub.db.pool.query('select * from sync_events where entity_id = $1 order by id', [entityId])).rows;

it('keeps credentials sealed and opens them only for use', async () => {
  const id = await createIntegration(hub, ADMIN, portalIntegration('sealed'));

  const stored = JSON.stringify((await hub.db.pool.query('select * from integrations where id = $1', [id])).rows);
  const audited = JSON.stringify((await hub.db.pool.query('select details from audit_entries')).rows);
  expect(stored).not.toMatch(/key-1|secret-1/);
  expect(audited).not.toMatch(/key-1|secret-1/);
  expect((await hub.integrations.byId(id)).credentials).toEqual({ apiKey: 'key-1', apiSecret: 'secret-1' });
});

it('names the wrong fields by the connector’s own schemas', async () => {
  const wrong: [Record<string, unknown>, string[]][] = [
    [{ credentials: {} }, ['credentials', 'apiKey']],
    [{ settings: { merchantId: 'm', baseUrl: 'ftp://x' } }, ['settings', 'baseUrl']],
    [{ connector: 'nothing' }, ['connector']],
    [{ name: ' ' }, ['name']],
  ];

  for (const [part, path] of wrong) {
    await expect(createIntegration(hub, ADMIN, { ...portalIntegration('m'), ...part })).rejects.toMatchObject({
      inputPath: path,
    });
  }
  const careful = { ...hub, httpsOnly: true };
  await expect(createIntegration(careful, ADMIN, portalIntegration('m'))).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    inputPath: ['settings', 'baseUrl'],
  });
});

it('merges what is updated, and every instance works by it', async () => {
  const id = await createIntegration(hub, ADMIN, portalIntegration('merged', { timeout: 5000 }));
  await hub.elsewhere.byId(id);

  await updateIntegration(hub, ADMIN, {
    id,
    credentials: { apiKey: 'key-2' },
    settings: { maxRetries: 7, timeout: null },
  });

  const here = await hub.integrations.byId(id);
  expect(here.credentials).toEqual({ apiKey: 'key-2', apiSecret: 'secret-1' });
  expect(here.policy).toMatchObject({ maxAttempts: 8, timeoutMs: 30_000 });
  await until(async () => (await hub.elsewhere.byId(id)).policy.maxAttempts === 8);
});

it('keeps an open connection while its integration stays the same', async () => {
  const id = await createIntegration(hub, ADMIN, portalIntegration('steady'));
  const before = (await hub.integrations.byId(id)).connection;

  await createIntegration(hub, ADMIN, portalIntegration('another'));

  expect((await hub.integrations.byId(id)).connection).toBe(before);
});

it('B19 takes mappings in place of the settings’ own', async () => {
  const mappings = { orders: { AT_THE_DOCK: 'PACKED' } };

  const id = await createIntegration(hub, ADMIN, { ...portalIntegration('mapped'), mappings });

  expect((await hub.integrations.byId(id)).settings).toMatchObject({ statusMappings: mappings });
});

it('skips what waits when it is deleted, and forgets the credentials', async () => {
  const id = await createIntegration(hub, ADMIN, portalIntegration('gone'));
  const order = await orderFor('gone');

  await deleteIntegration(hub, ADMIN, id);

  expect(await eventsOf(order)).toMatchObject([{ status: 'SKIPPED' }]);
  await expect(hub.integrations.byId(id)).rejects.toMatchObject({ code: 'UNKNOWN_INTEGRATION' });
  const { rows } = await hub.db.pool.query('select sealed_credentials from integrations where id = $1', [id]);
  expect(rows).toEqual([{ sealed_credentials: null }]);
});

it('B8 keeps a configured integration in step and leaves alone what people changed', async () => {
  const wanted = {
    id: 'b2b-portal',
    connector: 'b2b-portal',
    merchantId: 'configured',
    credentials: { apiKey: 'a' },
    settings: { baseUrl: 'http://127.0.0.1:9', merchantId: 'm' },
  };
  await Promise.all([1, 2, 3].map(() => configureIntegration(hub, wanted, 'ENVIRONMENT')));
  await updateIntegration(hub, ADMIN, { id: 'b2b-portal', settings: { strictMapping: true }, enabled: false });

  await configureIntegration(hub, { ...wanted, credentials: { apiKey: 'b' } }, 'ENVIRONMENT');

  const open = await hub.integrations.byId('b2b-portal');
  expect(open).toMatchObject({ credentials: { apiKey: 'b' }, settings: { strictMapping: true }, enabled: false });

  await deleteIntegration(hub, ADMIN, 'b2b-portal');
  await expect(hub.integrations.byId('b2b-portal')).rejects.toMatchObject({ code: 'UNKNOWN_INTEGRATION' });
  await configureIntegration(hub, wanted, 'ENVIRONMENT');
  expect(await hub.integrations.byId('b2b-portal')).toMatchObject({ enabled: true, credentials: { apiKey: 'a' } });
});

it('makes an integration’s events wait while its credentials cannot be opened', async () => {
  const id = await createIntegration(hub, ADMIN, portalIntegration('locked'));
  await hub.db.pool.query(
    `update integrations set sealed_credentials = sealed_credentials || '{"keyId":"gone"}' where id = $1`,
    [id],
  );
  hub.integrations.changed();

  const order = await orderFor('locked');

  expect(await eventsOf(order)).toMatchObject([{ status: 'PENDING' }]);
  await expect(hub.integrations.byId(id)).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
  expect((await hub.integrations.targets()).map((target) => target.integrationId)).not.toContain(id);
  await updateIntegration(hub, ADMIN, { id, credentials: { apiKey: 'new' } });
  expect((await hub.integrations.byId(id)).credentials).toEqual({ apiKey: 'new' });
});

it('sends to every integration that takes it where none is named, and refuses those that cannot', async () => {
  const first = await createIntegration(hub, ADMIN, portalIntegration('several'));
  const second = await createIntegration(hub, ADMIN, portalIntegration('several'));
  const foreign = await createIntegration(hub, ADMIN, portalIntegration('elsewhere'));
  const id = await orderFor('several');
  await updateIntegration(hub, ADMIN, { id: second, enabled: false });
  await updateIntegration(hub, ADMIN, { id: second, enabled: true });

  await syncOrder(hub, ADMIN, { id });
  expect(new Set((await eventsOf(id)).map((event) => event.integration_id))).toEqual(new Set([first, second]));
  await expect(syncOrder(hub, ADMIN, { id, integrationId: foreign })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await updateIntegration(hub, ADMIN, { id: first, enabled: false });
  await expect(syncOrder(hub, ADMIN, { id, integrationId: first })).rejects.toMatchObject({
    code: 'INTEGRATION_DISABLED',
  });
  const waiting = (await eventsOf(id)).find((event) => event.integration_id === second);
  expect(await syncOrder(hub, ADMIN, { id })).toBe(waiting.id);
});

it('H2 answers a started sync with its event, and says what a connector cannot', async () => {
  const integrationId = await createIntegration(hub, ADMIN, portalIntegration('started'));
  const keyed = { integrationId, entityType: 'ORDER', idempotencyKey: 'k' } as const;

  const id = await startSync(hub, as('operator', 'started'), keyed);

  expect(await startSync(hub, ADMIN, keyed)).toBe(id);
  const started = { id, operation: 'QUERY', idempotency_key: 'k', next_attempt_at: null };
  expect(await eventsOf(integrationId)).toMatchObject([started]);
  await expect(syncInventory(hub, ADMIN, { integrationId })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  await expect(startSync(hub, as('operator', 'other'), keyed)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
