import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { type ErpHub, startErpHub } from './erp-hub.js';

const folder = mkdtempSync(join(tmpdir(), 'syncline-hooks-'));
const diary = join(folder, 'diary');
const MODULES = {
  'recorder.mjs': `import { appendFileSync } from 'node:fs';
    const note = (hook) => (notice) => appendFileSync(${JSON.stringify(diary)}, JSON.stringify({ hook, ...notice }) + '\\n');
    export const beforeSend = note('beforeSend'), afterSend = note('afterSend'), success = note('success'), failed = note('failed');`,
  'thrower.mjs': `export function beforeSend() { throw new Error('of the hook'); }
    export const success = () => Promise.reject(new Error('of the hook'));`,
  'hanger.mjs': `export function afterSend({ entity }) { if (entity.deliveryMethod === 'hang') for (;;); }
    export function failed() { process.exit(1); }`,
  'broken.mjs': 'import "./nothing.mjs";',
};

interface Told {
  hook: string;
  sync: { id: string; integrationId: string; attempt: number; idempotencyKey: string; externalId: string | null };
  entity: { number: string };
  payload?: Record<string, unknown>;
  response?: { status: number; body: string } | null;
  error?: { code: string } | null;
}

let erpHub: ErpHub;
beforeAll(async () => {
  for (const [name, text] of Object.entries(MODULES)) writeFileSync(join(folder, name), text);
  const HOOKS = Object.keys(MODULES)
    .map((name) => join(folder, name))
    .join(',');
  erpHub = await startErpHub({ HOOKS });
});
afterEach(() => erpHub.erp.control.clearFaults());
afterAll(async () => {
  await erpHub?.stop();
  rmSync(folder, { recursive: true });
});

/** What the recorder was told of an order's syncs with the ERP. */
function toldOf(number: string): Told[] {
  const lines = existsSync(diary) ? readFileSync(diary, 'utf8').split('\n') : [];
  const all = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Told);
  return all.filter(({ sync, entity }) => sync.integrationId === 'escooter' && entity.number === number);
}
const toldWhen = (number: string, wanted: (told: Told[]) => boolean) => eventually(async () => toldOf(number), wanted);

it('S11 tells custom code before and after sending, and of the success', async () => {
  const { id, number } = await erpHub.invoiced();
  const { link, syncs } = await erpHub.synced(id);

  const told = await toldWhen(number, ({ length }) => length === 3);

  expect(told.map(({ hook }) => hook)).toEqual(['beforeSend', 'afterSend', 'success']);
  expect(told[0]).toMatchObject({ sync: { id: syncs[0]?.id, attempt: 1 }, payload: { order_increment_id: number } });
  expect(told[2]).toMatchObject({
    sync: { idempotencyKey: syncs[0]?.idempotencyKey, externalId: link?.externalId },
    response: { status: 200, body: expect.stringContaining('erp_reference') },
    error: null,
  });
  expect(readFileSync(diary, 'utf8')).not.toContain(erpHub.keys.apiSecret);
});

it('S11 tells of a failure once it is for good, and survives a hook that ends its process', async () => {
  await erpHub.erp.control.addFault({ path: '/orders/sync', kind: 'status', status: 422 });
  const { number } = await erpHub.invoiced();
  const told = await toldWhen(number, (all) => all.some(({ hook }) => hook === 'failed'));

  const next = await erpHub.invoiced();
  await toldWhen(next.number, (all) => all.some(({ hook }) => hook === 'success'));

  expect(told.map(({ hook }) => hook)).toEqual(['beforeSend', 'afterSend', 'failed']);
  expect(told[2]?.error).toMatchObject({ code: 'UPSTREAM_REJECTED' });
});

it('S11 a hook that hangs for ever holds up no order, and later ones are told of again', async () => {
  const hanging = await erpHub.invoiced({ deliveryMethod: 'hang' });
  const next = await erpHub.invoiced();

  await erpHub.synced(hanging.id);
  const { syncs } = await erpHub.synced(next.id);
  const told = await toldWhen(next.number, (all) => all.some(({ hook }) => hook === 'success'));

  expect(syncs[0]?.status).toBe('SUCCESS');
  expect(told.at(-1)?.hook).toBe('success');
});
