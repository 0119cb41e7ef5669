import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ConnectorDescription, describeConnector } from '../../src/connectors/describe-connector.js';
import { connectors } from '../../src/connectors/registry.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { mutate } from './order-client.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

const SECRETS = /key|secret|password|token|pin$/i;

it('G1 every connector’s settings and credentials can be drawn as a form', async () => {
  const ASK = '{ connectors { name settingsSchema credentialsSchema defaultSettings } }';
  const shown = await hub.admin.ask<{ connectors: ConnectorDescription[] }>(ASK);

  expect(shown.connectors.map(({ name }) => name)).toEqual(connectors.map((one) => describeConnector(one).name));
  const lacking = shown.connectors.flatMap(({ name, settingsSchema, credentialsSchema, defaultSettings }) => {
    const settings = Object.entries(settingsSchema.properties ?? {});
    const credentials = Object.entries(credentialsSchema.properties ?? {});
    return [
      ...[...settings, ...credentials].filter(([, field]) => !field.title || !field['description']),
      ...settings.filter(([, field]) => 'default' in field).filter(([field]) => !(field in defaultSettings)),
      ...settings.filter(([field, { format }]) => /url$/i.test(field) && format !== 'uri'),
      ...credentials.filter(([, { writeOnly }]) => writeOnly !== true),
      ...credentials.filter(([field, { format }]) => SECRETS.test(field) && format !== 'password'),
    ].map(([field]) => `${name}: ${field}`);
  });
  expect(lacking).toEqual([]);
});

it('G1 G24 names every field that is wrong, what was found and what is expected, and no secret', async () => {
  const body = {
    ...{ merchantId: MERCHANT, name: 'Warehouse', type: 'polling', connector: 'extensiv' },
    credentials: { clientId: 'me', clientSecret: 12345678 },
    settings: { pageSize: 'many', readRetries: 99, colour: 'red' },
  };

  const answer = await hub.admin.rest('POST', '/api/integrations', body);
  const { userErrors } = await mutate(hub.admin, 'createIntegration', 'CreateIntegrationInput', 'integration', {
    ...{ merchantId: MERCHANT, name: 'Warehouse', connector: 'extensiv', mode: 'POLLING' },
    ...{ credentials: body.credentials, settings: body.settings },
  });

  const { error } = answer.body as { error: string };
  expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT', field: 'credentials.clientSecret' } });
  for (const part of ['settings.baseUrl: is missing', 'settings.pageSize: must be', 'found "many"', 'found 99']) {
    expect(error).toContain(part);
  }
  expect(error).toContain('settings.colour: is no field of this connector');
  expect(error).toContain('credentials.clientSecret: must be string; found a number');
  expect(error).not.toContain('12345678');
  expect(userErrors.map(({ path }) => path?.join('.'))).toEqual([
    'input.credentials.clientSecret',
    'input.settings.baseUrl',
    'input.settings.readRetries',
    'input.settings.pageSize',
    'input.settings.colour',
  ]);
});

it('G1 takes null as "no value" where a setting may have none, by GraphQL and by REST', async () => {
  const settings = { baseUrl: 'http://127.0.0.1:9', ratePerSecond: 5 };
  const created = await hub.admin.rest('POST', '/api/integrations', {
    ...{ merchantId: MERCHANT, name: 'Warehouse', type: 'polling', connector: 'extensiv', settings },
    ...{ credentials: { clientId: 'me', clientSecret: 'secret' }, enabled: false },
  });
  const { id } = (created.body as { data: { id: string } }).data;

  const patched = await hub.admin.rest('PATCH', `/api/integrations/${id}`, {
    settings: { pullEveryMinutes: null, pageSize: null },
  });
  const updated = await mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', {
    ...{ id, settings: { ratePerSecond: null } },
  });
  const refused = await mutate(hub.admin, 'updateIntegration', 'UpdateIntegrationInput', 'integration', {
    ...{ id, settings: { baseUrl: null } },
  });

  expect(patched).toMatchObject({ status: 200, body: { data: { settings: { pullEveryMinutes: null } } } });
  expect(updated.userErrors).toEqual([]);
  const SHOW = 'query ($id: ID!) { integration(id: $id) { settings } }';
  expect(await hub.admin.ask(SHOW, { id })).toEqual({
    integration: { settings: { baseUrl: settings.baseUrl, ratePerSecond: null, pullEveryMinutes: null } },
  });
  expect(refused.userErrors).toMatchObject([{ path: ['input', 'settings', 'baseUrl'] }]);
});
