import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import autocannon from 'autocannon';
import pg from 'pg';
import { openDatabase } from '../dist/src/db/database.js';
import { startEmbeddedPostgres } from '../dist/src/db/embedded-postgres.js';
import { hubQuery, type Measured, operations, postgraphileQuery } from './reads/operations.ts';
import { seedReads } from './reads/seed.ts';

/**
 * Reads: the hub beside PostGraphile 5, Mercurius with JIT and its own bare statements, on one PostgreSQL. One server
 * lives at a time, rounds are interleaved, answers are compared before speed counts; figures are medians of the rounds.
 */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '20261122' },
    orders: { type: 'string', default: '100000' },
    connections: { type: 'string', default: '8' },
    only: { type: 'string', default: '' },
    data: { type: 'string', default: 'bench/.data/reads' },
  },
});
const SERVERS = ['syncline', 'postgraphile', 'mercurius', 'bare'] as const;
type ServerName = (typeof SERVERS)[number];
const PORT = 4997;

interface Figures {
  perSecond: number;
  p99Ms: number;
}

const all = operations(Number(options.seed)).map((operation, index) => ({ ...operation, index }));
const measured = all.filter(({ name }) => name.includes(options.only));
type Operation = Measured & { index: number };

mkdirSync(options.data, { recursive: true });
const postgres = await startEmbeddedPostgres({ dataDir: options.data });
try {
  await prepare(postgres.url);
  await compareAnswers(postgres.url);
  report(await measureAll(postgres.url));
} finally {
  await postgres.stop();
}

async function prepare(url: string): Promise<void> {
  const db = await openDatabase(url, () => {});
  await db.migrate();
  const { rows } = await db.pool.query('select count(*)::int as count from orders');
  if (rows[0].count === 0) await seedReads(db.pool as unknown as pg.Pool, Number(options.orders));
  // Tells PostGraphile of the relation that no foreign key says.
  await db.pool.query(`comment on table sync_events is '@foreignKey (entity_id) references orders (id)'`);
  await db.close();
}

async function withServer<T>(name: ServerName, url: string, work: () => Promise<T>): Promise<T> {
  const file = new URL(`./reads/${name}.ts`, import.meta.url).pathname;
  const env = { ...process.env, GRAPHILE_ENV: 'production', NODE_ENV: 'production' };
  const child: ChildProcess = spawn(process.execPath, [file, url, String(PORT), options.seed], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (text) => String(text).includes('ready') && resolve());
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    });
    return await work();
  } finally {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

function requestOf(name: ServerName, { index, field }: Operation) {
  const query = name === 'postgraphile' ? postgraphileQuery(field) : hubQuery(field);
  return {
    url: `http://127.0.0.1:${PORT}/${name === 'bare' ? index : 'graphql'}`,
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  };
}

/** Every server says the same, cursors aside: those are each server's own. */
async function compareAnswers(url: string): Promise<void> {
  const answers = new Map<ServerName, unknown[]>();
  for (const name of SERVERS) answers.set(name, await withServer(name, url, () => answersOf(name)));
  for (const [position, { name }] of measured.entries()) {
    for (const server of SERVERS) {
      if (!isDeepStrictEqual(answers.get(server)?.[position], answers.get('syncline')?.[position])) {
        throw new Error(
          `${server} answers "${name}" differently: ${JSON.stringify(answers.get(server)?.[position])?.slice(0, 600)}`,
        );
      }
    }
  }
  console.log(`${measured.length} operations: the same answers from ${SERVERS.join(', ')}\n`);
}

async function answersOf(name: ServerName): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const operation of measured) {
    const { url, ...init } = requestOf(name, operation);
    const text = await (await fetch(url, init)).text();
    answers.push(JSON.parse(text, (key, value) => (/cursor$/i.test(key) ? typeof value : value)));
  }
  return answers;
}

async function measureAll(url: string): Promise<Map<string, Figures[]>> {
  const figures = new Map<string, Figures[]>();
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const name of SERVERS) {
      await withServer(name, url, async () => {
        for (const operation of measured) {
          const key = `${name} ${operation.name}`;
          figures.set(key, [...(figures.get(key) ?? []), await measure(name, operation)]);
        }
      });
    }
  }
  return figures;
}

async function measure(name: ServerName, operation: Operation): Promise<Figures> {
  const settings = { ...requestOf(name, operation), connections: Number(options.connections) };
  await autocannon({ ...settings, duration: 1 });
  const result = await autocannon({ ...settings, duration: Number(options.seconds) });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${name} failed at "${operation.name}"`);
  return { perSecond: result.requests.average, p99Ms: result.latency.p99 };
}

function report(figures: Map<string, Figures[]>): void {
  const of = (server: string, name: string, key: keyof Figures) =>
    median((figures.get(`${server} ${name}`) ?? []).map((one) => one[key]));
  console.log('operation          hub/s   p99 ms | × PostGraphile (p99)  × Mercurius (p99)  × bare');
  for (const { name } of measured) {
    const hub = of('syncline', name, 'perSecond');
    const against = (server: string) => (hub / of(server, name, 'perSecond')).toFixed(2);
    const p99 = (server: string) => of(server, name, 'p99Ms').toFixed(0);
    console.log(
      `${name.padEnd(16)} ${hub.toFixed(0).padStart(7)} ${p99('syncline').padStart(8)} | ` +
        `${against('postgraphile').padStart(9)} (${p99('postgraphile')})      ${against('mercurius').padStart(6)} (${p99('mercurius')})     ${against('bare').padStart(6)}`,
    );
  }
  const generated = measured
    .filter(({ name }) => name.startsWith('generated'))
    .map(({ name }) => of('syncline', name, 'perSecond') / of('postgraphile', name, 'perSecond'));
  if (generated.length > 0)
    console.log(
      `\ngenerated: median ${median(generated).toFixed(2)} × PostGraphile, least ${Math.min(...generated).toFixed(2)}`,
    );
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
