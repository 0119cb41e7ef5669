import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { until } from '../outbox/harness.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

const CREATE_ORDER =
  'mutation { createOrder(input: { number: "N-1", merchantId: "demo", currency: "EUR", lines: [{ sku: "a", quantity: 2, unitPrice: "9.99" }] }) { order { id } userErrors { code message } } }';

let dataDir: string;
let hub: Started | null = null;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'syncline-start-'));
});
afterEach(async () => {
  if (hub) await hub.end('SIGTERM');
  rmSync(dataDir, { recursive: true });
});

interface Started {
  child: ChildProcess;
  url: string;
  token: string;
  /** Everything it has written. */
  output(): string;
  /** Sends the signal and answers the exit code, null after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

function run(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [MAIN], { env: { PATH, DATA_DIR: dataDir, PORT: '0', ...env } });
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      written += chunk;
    });
  return { child, output: () => written };
}

/** Runs the hub as `npm start` does and waits for its one line. */
async function start(env: Record<string, string> = {}): Promise<Started> {
  const { child, output } = run(env);
  await until(() => /"msg":"ready"/.test(output()) || child.exitCode !== null);
  const url = /"url":"([^"]+)","msg":"ready"/.exec(output())?.[1];
  const token = /^ +(ey\S+)$/m.exec(output())?.[1];
  if (!url || !token) throw new Error(`The hub did not start: ${output()}`);
  const end = async (signal: NodeJS.Signals) => {
    hub = null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    return (await once(child, 'exit'))[0];
  };
  hub = { child, url, token, output, end };
  return hub;
}

async function operate(to: Started, query: string): Promise<Record<string, never>> {
  const response = await fetch(`${to.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${to.token}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Record<string, never>;
}

/** Ids of a process and of all that it has started. */
function familyOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

it('lists everything that is wrong with the configuration and ends with 1', async () => {
  const { child, output } = run({ NODE_ENV: 'production', PORT: 'http', JWT_SECRET: 'pa55word', ROLE: 'boss' });

  const [code] = await once(child, 'exit');

  expect(code).toBe(1);
  expect(output()).toContain('4 problems');
  for (const name of ['PORT', 'ROLE', 'JWT_SECRET', 'ENCRYPTION_KEY']) expect(output()).toContain(`  ${name}\n`);
  expect(output()).not.toContain('pa55word');
});

it('says what to do where its port is taken, in lines for a person where LOG_FORMAT asks for them, and ends with 1', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;

  const { child, output } = run({ PORT: String(port), LOG_FORMAT: 'pretty' });
  const [code] = await once(child, 'exit');
  other.close();

  expect(code).toBe(1);
  expect(existsSync(join(dataDir, 'postgres/data/postmaster.pid'))).toBe(false);
  expect(output()).toContain(`Port ${port} of 127.0.0.1 is in use`);
  expect(output()).toMatch(/^[\d:.]+ .*FATAL.* not started$/m);
});

it('starts from nothing, answers, and leaves no process behind after SIGTERM', async () => {
  const started = await start();
  const family = familyOf(started.child.pid ?? 0);

  const ready = await fetch(`${started.url}/readyz`);
  const answer = await operate(started, '{ integrations { id } }');
  const code = await started.end('SIGTERM');

  expect(ready.status).toBe(200);
  expect(answer).toMatchObject({ data: { integrations: expect.arrayContaining([{ id: 'b2b-portal' }]) } });
  expect(code).toBe(0);
  expect(family.length).toBeGreaterThan(3);
  expect(family.filter(isAlive)).toEqual([]);
});

it.each([
  ['SIGTERM twice', (child: ChildProcess) => child.kill('SIGTERM') && child.kill('SIGTERM')],
  ['a terminal that is closed', (child: ChildProcess) => child.kill('SIGHUP')],
])('stops what it has started on %s, also during the start', async (_what, ask) => {
  const { child, output } = run({});
  await until(() => output().includes('"msg":"starting"'));

  ask(child);
  const [code] = await once(child, 'exit');

  expect(code).toBe(0);
  expect(existsSync(join(dataDir, 'postgres/data/postmaster.pid'))).toBe(false);
});

it('goes on without its log when what reads its output ends', async () => {
  const started = await start();
  started.child.stdout?.destroy();
  started.child.stderr?.destroy();

  await operate(started, CREATE_ORDER);
  // An attempt is one line of the log.
  const sent = await eventually(
    () => operate(started, '{ order(number: "N-1") { syncEvents { nodes { status } } } }'),
    (answer) => JSON.stringify(answer).includes('SUCCESS'),
  );
  const code = await started.end('SIGTERM');

  expect(sent).toHaveProperty('data.order');
  expect(code).toBe(0);
});

it('goes on after a kill -9 with the same PostgreSQL, the same secrets and all that it had accepted', async () => {
  const first = await start();
  const created = await operate(first, CREATE_ORDER);
  const postmaster = readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8');
  await first.end('SIGKILL');

  const second = await start();
  const found = await operate(
    { ...second, token: first.token },
    '{ order(number: "N-1") { number totals { grandTotal } } }',
  );

  expect(created).toMatchObject({ data: { createOrder: { userErrors: [] } } });
  expect(found).toMatchObject({ data: { order: { number: 'N-1', totals: { grandTotal: '19.98' } } } });
  expect(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).toBe(postmaster);
});
