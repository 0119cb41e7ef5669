import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { eventually } from '../harness/eventually.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, orderInput, settled } from './order-client.js';

const KEEPING = 'Keeping time for jobs at JOBS_URL, without which none runs,';
const lines: { msg: string; err?: { message: string } }[] = [];
const told = () => lines.filter(({ msg }) => msg.startsWith('Keeping time'));
/** Read again by each hub that is started. */
const env: Record<string, string> = { JOBS_URL: 'mongodb://127.0.0.1:1/syncline' };
let hub: TestHub;

beforeAll(async () => {
  const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) });
  hub = await startTestHub({ log, timetable: true, env });
});
afterAll(() => hub.stop());

const get = async (path: string) => {
  const response = await fetch(hub.url + path);
  const body = (await response.json()) as { data: { status: string; components?: { jobs: { overdue: string[] } } } };
  return { status: response.status, data: body.data };
};

it('H5 starts, sends and reads where nobody keeps time for jobs, and says so once', async () => {
  const ready = await get('/readyz');
  const id = await idOf(createOrder(hub.admin, orderInput()));
  const sent = await settled(hub.admin, 'order', id, 'SYNCED');
  const asked = await hub.admin.ask('mutation { runJob(name: "check-health") { userErrors { code } } }');
  const alive = await eventually(
    () => get('/livez'),
    () => told().length > 0,
  );

  expect([ready.status, alive.status]).toEqual([200, 200]);
  expect(sent.links[0]?.externalId).toEqual(expect.any(String));
  expect(asked).toEqual({ runJob: { userErrors: [] } });
  expect(told()).toMatchObject([
    {
      msg: `${KEEPING} fails; it is tried again until it works`,
      err: { message: expect.stringContaining('127.0.0.1:1') },
    },
  ]);
});

it('H5 B24 tells by its health which jobs are overdue', async () => {
  await hub.db.pool.query(`update jobs set next_run_at = now() - interval '2 minutes' where name = 'reconcile'`);

  const { status, data } = await get('/health');
  const { systemHealth } = await hub.admin.ask<{ systemHealth: object }>(
    '{ systemHealth { status components { jobs { health overdue } } } }',
  );

  expect(status).toBe(200);
  expect(data).toMatchObject({ status: 'DEGRADED', components: { jobs: { health: 'DEGRADED' } } });
  expect(data.components?.jobs.overdue).toContain('reconcile');
  expect(systemHealth).toEqual({
    status: 'DEGRADED',
    components: {
      jobs: { health: 'DEGRADED', overdue: expect.arrayContaining(data.components?.jobs.overdue ?? ['reconcile']) },
    },
  });
});

it('H5 runs what was asked for meanwhile, as soon as a hub has who keeps time', async () => {
  delete env['JOBS_URL'];
  await hub.db.pool.query(`update jobs set asked_at = asked_at - interval '1 minute'`);

  const another = await hub.startAnother();
  const ran = await eventually(
    () => hub.admin.ask<{ jobs: { name: string; lastOutcome: string | null }[] }>('{ jobs { name lastOutcome } }'),
    ({ jobs }) => jobs.some(({ name, lastOutcome }) => name === 'check-health' && lastOutcome === 'OK'),
  );
  await another.stop();

  expect(ran.jobs.find(({ name }) => name === 'check-health')).toMatchObject({ lastOutcome: 'OK' });
});
