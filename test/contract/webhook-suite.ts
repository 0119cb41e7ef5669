import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connection, WebhookHeaders } from '../../src/connectors/connector.js';
import type { SpawnedSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { type ConnectorSubject, deliverTo, firstEffect, settingsOf, statusOf } from './subject.js';

interface Running {
  simulator: SpawnedSimulator;
  connection: Connection;
}
interface Received {
  headers: WebhookHeaders;
  rawBody: Buffer;
}

/** The inbound half: the simulator's own webhooks, received over HTTP as bytes, against the connector's checks. */
export function describeWebhooks(subject: ConnectorSubject, running: () => Running): void {
  const { connector } = subject;
  const webhooks = connector.webhooks;
  if (!webhooks) throw new Error(`${connector.name} receives no webhooks.`);
  const received: Received[] = [];
  const receiver = createServer(async (request, response) => {
    received.push({ headers: headersOf(request), rawBody: await buffer(request) });
    response.end('{}');
  });
  const settings = settingsOf(subject, 'http://127.0.0.1');
  const credentials = connector.credentials.parse(subject.credentials);
  const verify = (request: Received, by = credentials) => webhooks.verify({ ...request, now: new Date() }, by);

  beforeAll(async () => {
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    await running().simulator.control.configure({ webhookUrl: `http://127.0.0.1:${port}` });
  });
  afterAll(() => {
    receiver.closeAllConnections();
    receiver.close();
  });

  const receive = async (more: Record<string, unknown> = {}): Promise<Received> => {
    const { externalId } = await deliverTo(running().connection, firstEffect(subject));
    await running().simulator.control.sendWebhook({ id: externalId ?? '', ...more });
    const last = received.at(-1);
    if (!last) throw new Error('No webhook came.');
    return last;
  };

  describe('webhooks', () => {
    it('are accepted as they were sent, and read in the hub’s words', async () => {
      const { status } = subject.webhooks ?? {};
      const request = await receive({ eventId: 'evt-1', status, timestamp: '2026-02-15T10:30:00.000Z' });

      const event = webhooks.parse(request, settings);

      expect(() => verify(request)).not.toThrow();
      const hash = createHash('sha256').update(request.rawBody).digest('hex');
      const eventId = subject.webhooks?.identity === 'body' ? hash : 'evt-1';
      expect(event).toMatchObject({ eventId, occurredAt: '2026-02-15T10:30:00.000Z' });
      expect(event.reference.entityId).toBe(subject.entities[0]?.snapshot.id);
      const { means } = subject.webhooks ?? {};
      expect(event).toMatchObject(means ? { status: means } : statusOf(subject.entities[0]?.snapshot));
    });

    it('B7 are refused when one byte differs though the JSON means the same', async () => {
      const request = await receive();

      const reserialised = Buffer.from(JSON.stringify(JSON.parse(request.rawBody.toString()), null, 1));

      expect(() => verify({ ...request, rawBody: reserialised })).toThrow(refusal);
    });

    it.each(['bad', 'missing'])('B7 are refused with a %s signature', async (signature) => {
      const request = await receive({ signature });

      expect(() => verify(request)).toThrow(refusal);
    });

    it('keep the name of a status that is unmapped', async () => {
      const request = await receive({ status: 'UNHEARD_OF' });

      expect(webhooks.parse(request, settings)).toMatchObject({ sourceStatus: 'UNHEARD_OF', status: null });
    });

    it('have one identity however often the same is sent', async () => {
      const before = received.length;
      await receive({ times: 3 });

      const ids = received.slice(before).map((request) => webhooks.parse(request, settings).eventId);

      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(1);
    });

    it('name what is wrong with a body of another shape', async () => {
      const request = await receive({ rawBody: '{"id":7}' });

      expect(() => webhooks.parse(request, settings)).toThrow(expect.objectContaining({ code: 'INVALID_SHAPE' }));
    });
  });
}

const refusal = expect.objectContaining({ code: 'SIGNATURE_INVALID' });

function headersOf(request: IncomingMessage): WebhookHeaders {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}
