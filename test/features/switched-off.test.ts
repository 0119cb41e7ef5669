import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FlashErpHub, KEY, SECRET, startFlashErpHub } from './flasherp-hub.js';
import { idOf } from './order-client.js';

/** Read anew by each hub that starts. */
const env: Record<string, string> = { FLASHERP_API_KEY: '', FLASHERP_API_SECRET: '', FLASHERP_BASE_URL: '' };
let hub: FlashErpHub;

beforeAll(async () => {
  hub = await startFlashErpHub({ ...env, FLASHERP_WEBHOOK_SECRET: '' }, env);
});
afterAll(() => hub.stop());

const rest = async (method: string, path: string, body?: object) => {
  const answer = await fetch(hub.url + path, {
    method,
    headers: { authorization: await hub.bearer({}), 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as { data: { id: string; isEnabled: boolean } };
};
const restart = async () => (await hub.startAnother()).stop();

it('F20 FLASHERP_ENABLED=false alone stops an integration that people made, and keeps what is stored', async () => {
  const made = await rest('PUT', '/api/erp/config', {
    ...{ apiKey: KEY, apiSecret: SECRET, baseUrl: hub.erp.url, merchantId: 'merchant-1', isEnabled: true },
  });

  env['FLASHERP_ENABLED'] = 'false';
  await restart();
  const off = await rest('GET', '/api/erp/config');
  const id = await idOf(hub.createTransaction({ reference: 'pi_off' }));
  const { transaction, auditLog } = await hub.admin.ask<{ transaction: object; auditLog: { nodes: object[] } }>(
    'query ($id: ID!) { transaction(id: $id) { links { state } } auditLog(filter: { action: "integration.switch_off" }) { nodes { actor details } } }',
    { id },
  );
  delete env['FLASHERP_ENABLED'];
  const again = await rest('PUT', '/api/erp/config', { isEnabled: true });
  await restart();

  expect(made.data.isEnabled).toBe(true);
  expect(off.data).toMatchObject({ id: made.data.id, isEnabled: false, credentialsConfigured: true });
  expect(transaction).toEqual({ links: [] });
  expect(auditLog.nodes).toEqual([{ actor: 'hub', details: { by: 'environment' } }]);
  expect(again.data.isEnabled).toBe(true);
  expect(await rest('GET', '/api/erp/config')).toMatchObject({ data: { isEnabled: true } });
});

it('F20 B2B_PORTAL_ENABLED=false stops the portal in the same way; 1 and true start it', async () => {
  const enabled = async () =>
    (await hub.admin.ask<{ integration: { enabled: boolean } }>('{ integration(id: "b2b-portal") { enabled } }'))
      .integration.enabled;

  env['B2B_PORTAL_ENABLED'] = '0';
  await restart();
  const off = await enabled();
  env['B2B_PORTAL_ENABLED'] = '1';
  await restart();

  expect([off, await enabled()]).toEqual([false, true]);
});
