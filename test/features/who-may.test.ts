import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildHubSchema } from '../../schema/build.js';
import { guardRoots } from '../../schema/guard.js';
import { connectors } from '../../src/connectors/registry.js';
import type { IntegrationRight } from '../../src/model/access-rule.js';
import { Role } from '../../src/model/statuses.js';
import { accessOf } from '../../src/read/rights.js';
import type { TestHub } from '../harness/hub.js';
import { type Field, fieldsOf, inputOf, operationOf, schema, selectionOf, type ValueFor } from './any-operation.js';
import { FOREIGN, GUARDED, PLAIN, removeRows, startTwoMerchants, tablesWith } from './two-merchants.js';

type Client = TestHub['admin'];

const PERMISSIONS = connectors.find(({ name }) => name === 'escooter')?.permissions as Record<IntegrationRight, string>;
const ROLES = Object.values(Role);
/** How all callers together see the hub, or when: no answer of theirs is about anybody's rows. */
const OF_THE_HUB = new Set(['_service', 'systemHealth', 'jobs', 'changesCursor', 'me', '_entities']);
const VOLATILE = /(Ms|Seconds|At|Ratio|Bytes|Percent|^system|^instances|^connections)$/;

let hub: TestHub;
let events: Record<string, string>;
beforeAll(async () => {
  hub = await startTwoMerchants();
  const { rows } = await hub.db.pool.query<{ key: string; id: string }>(
    `select integration_id as key, id::text from sync_events where idempotency_key = 'key of ' || integration_id`,
  );
  events = Object.fromEntries(rows.map(({ key, id }) => [key, id]));
});
afterAll(() => hub?.stop());

/** Ids of what belongs to an integration, where a mutation's arguments want them. */
function valuesOf(field: Field, integrationId: string): ValueFor {
  const noun = accessOf(field)?.touches?.({ id: 'x', input: { id: 'x' } }).of ?? '';
  const known: Record<string, unknown> = {
    ...{ integrationId, mappingId: `map_${integrationId}`, reconciliationId: `rec_${integrationId}` },
    connector: integrationId === GUARDED ? 'escooter' : 'b2b-portal',
  };
  const prefixes: Record<string, string> = {
    ...{
      alert: 'alt_',
      alertRule: 'rule:',
      notification: 'ntf_',
      mapping: 'map_',
      mappingVersion: 'mpv_',
      integration: '',
    },
    ...{ difference: 'dif_', reconciliation: 'rec_', fullSync: 'fsy_', pull: 'pul_' },
  };
  return (name, type) => {
    if (name !== 'id') return type === 'ID' || name === 'connector' ? known[name] : undefined;
    return noun === 'syncEvent'
      ? events[integrationId]
      : noun in prefixes
        ? `${prefixes[noun]}${integrationId}`
        : 'none';
  };
}

/** The first user error or error of a mutation on what belongs to the integration; null: none. */
async function refusalOf(client: Client, field: Field, integrationId: string) {
  const args = inputOf(field.args, valuesOf(field, integrationId));
  const operation = operationOf('mutation', field, args, '{ userErrors { code message } }');
  const { data, errors } = await client.graphql<Record<string, { userErrors: { code: string; message: string }[] }>>(
    operation,
    args,
  );
  const [error] = errors;
  if (error) return { code: String(error.extensions?.['code']), message: `${field.name}: ${error.message}` };
  return data?.[field.name]?.userErrors[0] ?? null;
}

const lowerRoles = (field: Field) => {
  const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };
  const least = RANK[accessOf(field)?.role ?? 'admin'];
  return ROLES.filter((role) => RANK[role] < least);
};
const withRight = fieldsOf('Mutation').filter((field) => accessOf(field)?.right != null);
/** Jobs work for every system. */
const touchesEverything = (field: Field) => field.name.endsWith('Job');

it('G14 every field of the roots and every type of an integration says who may use it, or the hub does not start', () => {
  const unruled = (['Query', 'Mutation', 'Subscription'] as const).flatMap((root) =>
    fieldsOf(root).flatMap((field) => (accessOf(field) ? [] : [`${root}.${field.name}`])),
  );
  const without = buildHubSchema();
  const orders = without.getQueryType()?.getFields()['orders'];
  if (orders) orders.extensions = {};

  expect(unruled).toEqual([]);
  expect(() => guardRoots(without)).toThrow('Query.orders does not say who may use it');
});

it('G14 no mutation runs for a lower role than its rule says, whatever it is given', async () => {
  const clients = new Map(await Promise.all(ROLES.map(async (role) => [role, await hub.as({ role })] as const)));
  const open: string[] = [];

  for (const field of fieldsOf('Mutation')) {
    for (const role of lowerRoles(field)) {
      const refusal = await refusalOf(clients.get(role) as Client, field, PLAIN);
      if (refusal?.code !== 'FORBIDDEN') open.push(`${field.name} for ${role}: ${refusal?.code}`);
    }
  }

  expect(fieldsOf('Mutation').filter((field) => lowerRoles(field).length === 0)).toEqual([]);
  expect(open).toEqual([]);
});

it('G14 no query answers a lower role than its rule says', async () => {
  const viewer = await hub.as({ role: 'viewer' });
  const open: string[] = [];

  for (const field of fieldsOf('Query').filter((one) => lowerRoles(one).length > 0)) {
    const args = inputOf(field.args, () => undefined);
    const { errors } = await viewer.graphql(operationOf('query', field, args, selectionOf(field, 1)), args);
    if (errors[0]?.extensions?.['code'] !== 'FORBIDDEN') open.push(field.name);
  }

  expect(open).toEqual([]);
});

it('S13 each mutation of a system is refused without its permission, and left to the role on every other system', async () => {
  const wrong: string[] = [];

  for (const field of withRight) {
    const right = accessOf(field)?.right as IntegrationRight;
    const other = right === 'viewStatus' ? PERMISSIONS.config : PERMISSIONS.viewStatus;
    const client = await hub.as({ role: 'admin', permissions: [other] });
    const there = await refusalOf(client, field, GUARDED);
    if (there?.code !== 'FORBIDDEN' || !there.message.includes(PERMISSIONS[right]))
      wrong.push(`${field.name}: ${there?.code} ${there?.message}`);
    if (touchesEverything(field)) continue;
    const elsewhere = await refusalOf(client, field, PLAIN);
    if (elsewhere?.code === 'FORBIDDEN') wrong.push(`${field.name} elsewhere: ${elsewhere.message}`);
  }

  expect(wrong).toEqual([]);
});

it('S13 the permission alone is enough for its system, and for nothing else', async () => {
  const wrong: string[] = [];

  for (const field of withRight) {
    const right = accessOf(field)?.right as IntegrationRight;
    const client = await hub.as({ role: 'viewer', permissions: [PERMISSIONS[right]] });
    const there = await refusalOf(client, field, GUARDED);
    const elsewhere = await refusalOf(client, field, PLAIN);
    if ((there?.code === 'FORBIDDEN') !== touchesEverything(field)) wrong.push(`${field.name}: ${there?.message}`);
    if (elsewhere?.code !== 'FORBIDDEN') wrong.push(`${field.name} elsewhere: ${elsewhere?.code}`);
  }

  expect(wrong).toEqual([]);
});

/** Each query with plain arguments, and each argument and filter that takes a text with what is foreign. */
function probes(field: Field): Record<string, unknown>[] {
  const times = (name: string) =>
    name === 'from' ? '2025-06-01T00:00:00Z' : name === 'to' ? '2026-06-01T00:00:00Z' : undefined;
  const foreign: Record<string, unknown> = { merchantId: FOREIGN.merchantId, connector: 'b2b-portal', id: 'ord_0002' };
  Object.assign(foreign, { integrationId: FOREIGN.integrationId, entityId: 'ord_0002', number: 'SO-2' });
  const plain = inputOf(field.args, times);
  const filter = field.args.find(({ name }) => name === 'filter');
  return [
    plain,
    ...Object.entries(foreign).flatMap(([name, value]) => {
      const given: ValueFor = (one, type) => (one === name ? value : type.endsWith('Filter') ? undefined : times(one));
      const own = inputOf(field.args, given);
      const type = filter?.type;
      const fields = type && 'getFields' in type ? Object.values(type.getFields()) : [];
      const within = fields.some((one) => one.name === name) ? { ...plain, filter: inputOf(fields, given) } : null;
      return within ? [own, within] : [own];
    }),
  ];
}

/** What a caller is answered by every query, by the operation. */
async function answersTo(client: Client): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const field of fieldsOf('Query').filter(({ name }) => !OF_THE_HUB.has(name))) {
    const asked = new Map(probes(field).map((args) => [JSON.stringify(args), args]));
    for (const [key, args] of asked) {
      const operation = operationOf('query', field, args, selectionOf(field, 3));
      const { data, errors } = await client.graphql(operation, args);
      const told = { data, errors: errors.map(({ message }) => message) };
      const text = JSON.stringify(told, (key, value) => (VOLATILE.test(key) ? null : value));
      answers.set(`${field.name} ${key}`, text);
    }
  }
  return answers;
}

function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...before]
    .filter(([key, text]) => after.get(key) !== text)
    .map(([key, text]) => `${key}: ${text.slice(0, 300)}`);
}

/** A digest of everything of a merchant. */
async function rowsOf(merchantId: string): Promise<Record<string, string>> {
  const tables = await tablesWith(hub, 'merchant_id');
  const digests: [string, string][] = [];
  for (const table of tables) {
    const sql = `select coalesce(md5(string_agg(t::text, '|' order by t::text)), 'none') as digest from ${table} t where merchant_id = $1`;
    digests.push([table, String((await hub.db.pool.query(sql, [merchantId])).rows[0]?.digest)]);
  }
  return Object.fromEntries(digests);
}

it('G14 whatever an admin of one merchant runs on another’s ids, nothing of the other changes', async () => {
  const client = await hub.as({ role: 'admin', merchantId: 'm1' });
  const before = await rowsOf(FOREIGN.merchantId);
  const done: string[] = [];

  for (const field of fieldsOf('Mutation')) {
    const refusal = await refusalOf(client, field, FOREIGN.integrationId);
    const named = accessOf(field)?.right != null && !field.name.match(/replay|dismiss|redrive|repairDifferences/);
    if (named && refusal === null) done.push(field.name);
  }

  expect(await rowsOf(FOREIGN.merchantId)).toEqual(before);
  expect(done).toEqual([]);
});

it('G14 answers every id of another merchant as one that is not there, by node and by its key', async () => {
  const client = await hub.as({ role: 'admin', merchantId: 'm1' });
  const nouns = (schema.getType('_Entity') as { getTypes?: () => readonly { name: string }[] }).getTypes?.() ?? [];
  const tables = await tablesWith(hub, 'merchant_id');
  const seen: unknown[] = [];

  for (const table of tables.filter((one) => !['audit_entries', 'links', 'changes'].includes(one))) {
    const { rows } = await hub.db.pool.query<{ id: string | null }>(
      `select to_jsonb(t) ->> 'id' as id from ${table} t where merchant_id = $1 limit 3`,
      [FOREIGN.merchantId],
    );
    for (const { id } of rows) {
      if (id === null || (table !== 'sync_events' && /^\d+$/.test(id))) continue;
      const { data } = await client.graphql<{ node: unknown }>('query ($id: ID!) { node(id: $id) { id } }', { id });
      const found = await client.graphql<{ _entities: unknown[] }>(
        'query ($all: [_Any!]!) { _entities(representations: $all) { __typename } }',
        { all: nouns.map(({ name }) => ({ __typename: name, id })) },
      );
      if (data?.node) seen.push([table, id]);
      seen.push(...(found.data?._entities ?? [['no answer', table]]).filter((one) => one !== null));
    }
  }

  expect(nouns.length).toBeGreaterThan(20);
  expect(seen).toEqual([]);
});

it('S13 without view_status answers are as if the system had never been spoken with', async () => {
  const client = await hub.as({ role: 'admin', permissions: [PERMISSIONS.config] });
  const before = await answersTo(client);
  const ofStatus = new Set(['blockers', 'connector_health', 'timeline_entries']);
  const tables = (await tablesWith(hub, 'integration_id')).filter((table) => !ofStatus.has(table));
  const config = ['inventory_levels', 'mappings', 'webhook_registrations', 'polling_schedules', 'integration_tasks'];
  await removeRows(
    hub,
    'integration_id',
    GUARDED,
    tables.filter((table) => ![...config, 'changes', 'products'].includes(table)),
  );

  const after = await answersTo(client);

  expect(before.size).toBeGreaterThan(80);
  expect(differences(before, after)).toEqual([]);
});

it('G14 an admin of one merchant is answered every query as if no other merchant were there', async () => {
  const client = await hub.as({ role: 'admin', merchantId: 'm1' });
  const before = await answersTo(client);
  const ofIntegration = (await tablesWith(hub, 'integration_id')).filter((table) => table !== 'audit_entries');
  await removeRows(hub, 'integration_id', FOREIGN.integrationId, ofIntegration);
  await removeRows(hub, 'merchant_id', FOREIGN.merchantId, await tablesWith(hub, 'merchant_id'));

  const after = await answersTo(client);

  expect(differences(before, after)).toEqual([]);
});
