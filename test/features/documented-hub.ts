import { createHmac } from 'node:crypto';
import { expect } from '@jest/globals';
import { spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { startTestHub, type TestHub } from '../harness/hub.js';
import { type Answer, type DocumentedRequest, readRequest, send } from './documented-request.js';

const KEYS = { apiKey: 'a-key-1234567890', apiSecret: 'a-secret-1234567890' };
const SYSTEMS = ['extensiv', 'escooter', 'flasherp', 'logo'] as const;

/** What the documents leave open, by the words that stand for it: ids and signatures. */
export type Filled = Record<string, string>;

export const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
export const ENVELOPE = {
  success: true,
  timestamp: TIME,
  requestId: expect.stringMatching(/^req_[0-9a-f]+$/) as unknown,
};

/** By the secret of every system but the portal, unless another one is given. */
export const hmac = (body: string, encoding: 'hex' | 'base64', secret = KEYS.apiSecret) =>
  createHmac('sha256', secret).update(body).digest(encoding);

export const fillIn = (text: string, filled: Filled) =>
  Object.entries(filled).reduce((all, [open, value]) => all.replaceAll(open, value), text);

/** A hub with all systems of the documents, which is sent the requests that they print. */
export interface DocumentedHub {
  hub: TestHub;
  /** Where a system's simulator listens. */
  simulator(name: (typeof SYSTEMS)[number]): string;
  /** A document's request by an admin. */
  request(text: string, filled?: Filled): DocumentedRequest;
  send(request: DocumentedRequest): Promise<Answer>;
  /** Sends a document's request as an admin. */
  answerTo(text: string, filled?: Filled): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startDocumentedHub(): Promise<DocumentedHub> {
  const [extensiv, escooter, flasherp, logo] = await Promise.all(SYSTEMS.map((name) => spawnSimulator(name, KEYS)));
  const simulators = { extensiv, escooter, flasherp, logo };
  const simulator = (name: (typeof SYSTEMS)[number]) => simulators[name]?.url ?? '';
  const hub = await startTestHub({ env: environment(simulator) });
  const authorization = await hub.bearer({});
  const request: DocumentedHub['request'] = (text, filled = {}) => {
    const documented = readRequest(fillIn(text, filled));
    return { ...documented, headers: { ...documented.headers, authorization } };
  };
  return {
    ...{ hub, simulator, request },
    send: (one) => send(hub.url, one),
    answerTo: (text, filled) => send(hub.url, request(text, filled)),
    stop: async () => {
      await hub.stop();
      for (const one of Object.values(simulators)) await one?.stop();
    },
  };
}

function environment(at: DocumentedHub['simulator']): Record<string, string> {
  return {
    EXTENSIV_BASE_URL: at('extensiv'),
    EXTENSIV_CLIENT_ID: KEYS.apiKey,
    EXTENSIV_CLIENT_SECRET: KEYS.apiSecret,
    ESCOOTER_ERP_BASE_URL: at('escooter'),
    ESCOOTER_ERP_API_KEY: KEYS.apiKey,
    ESCOOTER_ERP_HMAC_SECRET: KEYS.apiSecret,
    FLASHERP_BASE_URL: at('flasherp'),
    FLASHERP_API_KEY: KEYS.apiKey,
    FLASHERP_API_SECRET: KEYS.apiSecret,
    FLASHERP_WEBHOOK_SECRET: KEYS.apiSecret,
  };
}
