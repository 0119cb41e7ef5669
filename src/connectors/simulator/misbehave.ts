import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FaultRule, Faults } from './faults.js';

declare module 'fastify' {
  interface FastifyRequest {
    fault: FaultRule | null;
  }
}

/** Between the pieces of a dripping body: each is in time, the whole never ends. */
const DRIP_MS = 40;
const CHUNK = Buffer.alloc(64 * 1024, ' ');

/** Lets the faults in force hit every request below this instance. */
export function injectFaults(app: FastifyInstance, faults: Faults): void {
  app.decorateRequest('fault', null);
  app.addHook('preHandler', async (request, reply) => {
    const fault = faults.take(request.method, request.url);
    if (!fault) return;
    if (fault.kind === 'latency') {
      await delay(fault.ms, undefined, { signal: faults.cleared() });
      return;
    }
    request.fault = fault;
    if (fault.when === 'before') return reply.send({});
  });
  app.addHook('onSend', async (request, reply, payload) =>
    request.fault ? misbehave(request.fault, request, reply, String(payload)) : payload,
  );
}

type Misbehaviour = (
  fault: FaultRule,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: string,
) => string | Readable | Promise<string>;

/** Each turns the right answer, ready to be sent, into what goes out instead. */
const MISBEHAVIOURS: Record<Exclude<FaultRule['kind'], 'latency'>, Misbehaviour> = {
  status: answerStatus,
  timeout: (_fault, request, _reply, payload) =>
    new Promise((resolve) => request.raw.socket.once('close', () => resolve(payload))),
  'hang-up': (_fault, request, _reply, payload) => {
    request.raw.socket.destroy();
    return payload;
  },
  'truncated-json': (_fault, _request, _reply, payload) => payload.slice(0, Math.ceil(payload.length / 2)),
  'wrong-types': () => JSON.stringify({ id: { not: 'an id' }, order_number: [], status: 7 }),
  html: (_fault, _request, reply) => {
    reply.code(200).type('text/html; charset=utf-8');
    return '<!doctype html><title>Maintenance</title><h1>Back soon</h1>';
  },
  redirect: (_fault, request, reply) => {
    // To this server, and kept a POST: whoever follows it is seen in the log of requests.
    reply.code(307).header('location', `/elsewhere${request.url}`);
    return '';
  },
  'drip-feed': (_fault, request) => Readable.from(drip(request)),
  'endless-body': () => new Readable({ read: readEndlessly }),
  'echo-credentials': (_fault, request, reply) => {
    reply.code(400);
    return JSON.stringify({ message: `Refused: ${JSON.stringify(request.headers)}` });
  },
};

function misbehave(fault: FaultRule, request: FastifyRequest, reply: FastifyReply, payload: string) {
  if (fault.kind === 'latency') return payload;
  return MISBEHAVIOURS[fault.kind](fault, request, reply, payload);
}

function answerStatus(fault: FaultRule, _request: FastifyRequest, reply: FastifyReply): string {
  reply.code(fault.status);
  if (fault.retryAfterSeconds !== undefined) {
    const date = new Date(Date.now() + fault.retryAfterSeconds * 1000).toUTCString();
    reply.header('retry-after', fault.retryAfterAs === 'date' ? date : String(fault.retryAfterSeconds));
  }
  return JSON.stringify({ error: 'INJECTED', message: fault.message });
}

async function* drip(request: FastifyRequest): AsyncGenerator<string> {
  while (!request.raw.socket.destroyed) {
    yield ' ';
    await delay(DRIP_MS);
  }
}

function readEndlessly(this: Readable): void {
  setImmediate(() => this.push(CHUNK));
}
