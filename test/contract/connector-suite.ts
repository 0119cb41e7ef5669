import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Table from 'cli-table3';
import type { Connection, Connector, DeliveryResult, Effect } from '../../src/connectors/connector.js';
import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { recordExchanges } from '../../src/connectors/upstream/exchanges.js';
import type { Exchange } from '../../src/connectors/upstream/http.js';
import { createUpstreamHttp } from '../../src/connectors/upstream/upstream-http.js';
import { FAULT_CASES, type FaultCase } from './fault-cases.js';
import {
  type ConnectorSubject,
  connect,
  deliverTo,
  effectOf,
  firstEffect,
  SHORT_TIMEOUT_MS,
  statusOf,
} from './subject.js';
import { describeWebhooks } from './webhook-suite.js';

/** What every connector passes, against its own simulator over real HTTP. */
export function describeConnector(subject: ConnectorSubject): void {
  const { connector, reach = 'http' } = subject;
  const http = createUpstreamHttp({ httpsOnly: false });
  let simulator: SpawnedSimulator;
  let connection: Connection;
  /** For faults that end in a timeout. */
  let hasty: Connection;
  let filesRoot: string;
  const outcomes: [string, number, DeliveryResult][] = [];

  beforeAll(async () => {
    const { apiKey = 'unused', apiSecret = 'unused' } = subject.simulatorKeys ?? subject.credentials;
    filesRoot = await mkdtemp(join(tmpdir(), 'syncline-contract-'));
    simulator = await spawnSimulator(subject.simulator ?? connector.name, { apiKey, apiSecret, filesRoot });
    connection = connect(subject, { url: simulator.url, filesRoot }, http);
    hasty = connect(subject, { url: simulator.url, filesRoot }, http, SHORT_TIMEOUT_MS);
  });
  beforeEach(() => simulator.control.reset());
  afterAll(async () => {
    http.close();
    await simulator.stop();
    await rm(filesRoot, { recursive: true });
    if (outcomes.length > 0) printOutcomes(connector.title, outcomes);
  });

  const isOverHttp = reach === 'http';
  const underFault = ({ code }: FaultCase) => (code === 'UPSTREAM_TIMEOUT' ? hasty : connection);
  const underFaults = () => {
    it.each(faultCasesOf(subject))(
      'answers $name as $kind $code, with no call repeated and no secret kept',
      async (one) => {
        const exchanges: Exchange[] = [];
        // What the connection keeps (a token) is there before the fault.
        const meeting = underFault(one);
        await meeting.checkHealth();
        const before = (await simulator.control.requests()).length;
        await simulator.control.addFault({ ...subject.faultAt, ...one.fault });

        const result = await recordExchanges(exchanges, () => meeting.deliver(firstEffect(subject)));

        outcomes.push([one.name, exchanges.length, result]);
        expectOutcome(result, one);
        expect(await simulator.control.requests()).toHaveLength(
          before + subject.callsPerDelivery + (one.furtherCalls ?? 0),
        );
        expect(exchanges).toHaveLength(subject.callsPerDelivery + (one.furtherCalls ?? 0));
        expectNoSecret(subject, { exchanges, result });
      },
    );

    it.each(FAULT_CASES.filter(({ kind }) => kind === 'retry'))(
      'has one effect when a second attempt follows $name',
      async (one) => {
        await simulator.control.addFault({ ...subject.faultAt, ...one.fault });
        await underFault(one).deliver(firstEffect(subject));

        const second = await connection.deliver({ ...firstEffect(subject), attempt: 2 });

        expect(second.kind).toBe('delivered');
        expect((await simulator.control.state()).effects).toHaveLength(1);
      },
    );

    if (subject.readAt)
      it.each(FAULT_CASES.filter(({ kind, name }) => kind === 'retry' || name === '403' || name === '422'))(
        'tells of $name as $code when it reads a state, and reads it afterwards',
        async (one) => {
          const effect = firstEffect(subject);
          const { externalId } = await deliverTo(connection, effect);
          await underFault(one).checkHealth();
          await simulator.control.addFault({ ...subject.readAt, ...one.fault });

          const failed = underFault(one).readStatus?.(effect.entityType, externalId ?? '');

          await expect(failed).rejects.toMatchObject({ code: one.code });
          const read = await connection.readStatus?.(effect.entityType, externalId ?? '');
          expect(read).toMatchObject({ reference: { externalId }, ...statusOf(effect.snapshot) });
        },
      );

    it('answers an upstream that is not there as retry UPSTREAM_UNREACHABLE', async () => {
      const nowhere = connect(subject, { url: 'http://127.0.0.1:9', filesRoot }, http);

      const result = await nowhere.deliver(firstEffect(subject));

      expect(result).toMatchObject({ kind: 'retry', code: 'UPSTREAM_UNREACHABLE', httpStatus: null });
    });
  };
  if (isOverHttp) describe('under faults', underFaults);

  describe.each(subject.entities)('$entityType', ({ entityType, collection, snapshot, changed }) => {
    const effect = (key: string, more: Partial<Effect> = {}) =>
      effectOf(entityType, snapshot, { idempotencyKey: key, ...more });

    it('is created, updated and read back', async () => {
      const created = await deliverTo(connection, effect('k1'));
      const externalId = created.externalId ?? '';
      const updated = await deliverTo(connection, effect('k2', { operation: 'UPDATE', snapshot: changed, externalId }));
      const read = await connection.readStatus?.(entityType, externalId);

      const state = await simulator.control.state();
      expect(updated.externalId).toBe(externalId);
      expect(state[collection]).toMatchObject([{ id: externalId, ...(!subject.writesOnly && statusOf(changed)) }]);
      const keys = connector.honoursIdempotencyKeys ? ['k1', 'k2'] : [null, null];
      expect(state.effects.map((it) => it.idempotencyKey)).toEqual(keys);
      if (!connection.readStatus) return;
      expect(read).toMatchObject({ entityType, reference: { externalId }, ...statusOf(changed) });
    });

    it('is one effect under one key, however often it is sent, with the first answer each time', async () => {
      const results = await sendAgain(connector, 5, (attempt) => deliverTo(connection, effect('same', { attempt })));

      const { effects } = await simulator.control.state();
      expect(new Set(results.map((it) => it.externalId)).size).toBe(1);
      expect(effects).toHaveLength(1);
    });

    if (subject.writesOnly || !isOverHttp) return;
    it('is rejected with advice when it has vanished upstream', async () => {
      const update = effect('k1', { operation: 'UPDATE', externalId: 'gone_1' });

      const result = await connection.deliver(update);

      expect(result).toMatchObject({ kind: 'rejected', code: 'UPSTREAM_NOT_FOUND', httpStatus: 404 });
      if (connection.readStatus) expect(await connection.readStatus(entityType, 'gone_1')).toBeNull();
    });
  });

  if (connector.webhooks) describeWebhooks(subject, () => ({ simulator, connection }));

  if (isOverHttp)
    it('is healthy when the upstream is, and says why when it is not', async () => {
      await connection.checkHealth();
      await simulator.control.addFault({ kind: 'status', status: 503 });

      await expect(connection.checkHealth()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    });

  it('refuses settings that it does not know, and names them', () => {
    const parsed = connector.settings.safeParse({ ...subject.settings('https://x.example'), timout: 1 });

    expect(parsed.error?.message).toContain('timout');
  });
}

/** The faults and what they come to with this connector. */
function faultCasesOf({ callsToSignInAgain, final = [] }: ConnectorSubject): (FaultCase & { furtherCalls?: number })[] {
  const cases = FAULT_CASES.map((one) =>
    final.map(String).includes(one.name) ? ({ ...one, kind: 'rejected', code: 'UPSTREAM_REJECTED' } as const) : one,
  );
  if (callsToSignInAgain === undefined) return cases;
  return cases.map((one) =>
    one.name === '401'
      ? { name: '401, then a new sign-in', fault: one.fault, kind: 'delivered', furtherCalls: callsToSignInAgain }
      : one,
  );
}

/** At once where the upstream keeps keys; else one after the other, as the dispatcher does. */
async function sendAgain<T>(
  { honoursIdempotencyKeys }: Connector,
  times: number,
  send: (attempt: number) => Promise<T>,
) {
  const attempts = Array.from({ length: times }, (_, index) => index + 1);
  if (honoursIdempotencyKeys) return Promise.all(attempts.map(send));
  const results: T[] = [];
  for (const attempt of attempts) results.push(await send(attempt));
  return results;
}

function expectOutcome(result: DeliveryResult, { kind, code, retryAfterMs }: FaultCase): void {
  expect(result).toMatchObject({ kind, ...(code && { code }) });
  if (!retryAfterMs || result.kind !== 'retry') return;
  expect(result.retryAfterMs).toBeGreaterThanOrEqual(retryAfterMs[0]);
  expect(result.retryAfterMs).toBeLessThanOrEqual(retryAfterMs[1]);
}

function expectNoSecret({ secrets }: ConnectorSubject, kept: unknown): void {
  const text = JSON.stringify(kept);
  for (const secret of secrets) expect(text).not.toContain(secret);
}

function printOutcomes(title: string, outcomes: [string, number, DeliveryResult][]): void {
  const table = new Table({
    head: [`${title}: fault`, 'calls', 'result', 'code', 'Retry-After'],
    style: { head: [], border: [], compact: true },
  });
  for (const [name, calls, result] of outcomes) {
    const code = result.kind === 'delivered' ? '' : result.code;
    const retryAfter = result.kind === 'retry' && result.retryAfterMs !== null ? `${result.retryAfterMs} ms` : '';
    table.push([name, calls, result.kind, code, retryAfter]);
  }
  process.stdout.write(`${table.toString()}\n`);
}
