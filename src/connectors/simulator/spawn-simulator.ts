import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Configuration, Move } from './control.js';
import type { SimulatedEffect } from './effects.js';
import type { FaultRule } from './faults.js';
import type { SimulatorOptions } from './options.js';
import type { ReceivedRequest } from './requests.js';
import type { WebhookOrder } from './webhook-order.js';
import type { SentWebhook } from './webhook-sender.js';

/** The collections depend on the system; `effects` and `webhooks` are there in all. */
export type SimulatorState = Record<string, Record<string, unknown>[]> & {
  effects: SimulatedEffect[];
  webhooks: SentWebhook[];
};

/** The control API of a running simulator. Each call throws when the simulator refuses it. */
export interface SimulatorControl {
  state(): Promise<SimulatorState>;
  requests(): Promise<ReceivedRequest[]>;
  addFault(rule: z.input<typeof FaultRule>): Promise<void>;
  clearFaults(): Promise<void>;
  /** Sends now, each once, and answers what the hub said. */
  sendWebhook(order: z.input<typeof WebhookOrder>): Promise<SentWebhook[]>;
  advance(move: z.input<typeof Move>): Promise<Record<string, unknown>>;
  configure(configuration: z.input<typeof Configuration>): Promise<void>;
  reset(): Promise<void>;
}

export interface SpawnedSimulator {
  /** The base URL of the system's API. */
  url: string;
  control: SimulatorControl;
  /** Ends the process and waits for its end. */
  stop(): Promise<void>;
}

const SPAWN_TIMEOUT_MS = 15_000;

/**
 * Starts a connector's simulator as a process of its own, which ends with this one.
 * @throws Error when it does not come up
 */
export async function spawnSimulator(
  connector: string,
  options: Pick<SimulatorOptions, 'apiKey' | 'apiSecret'> & Partial<SimulatorOptions>,
): Promise<SpawnedSimulator> {
  const script = fileURLToPath(new URL(`../${connector}/simulator.js`, import.meta.url));
  const child = fork(script, argumentsOf(options), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
  const url = await readUrl(child, connector);
  return {
    url,
    control: createControl(`${url}/_control`),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function argumentsOf(options: Partial<SimulatorOptions>): string[] {
  const named: Record<string, string | number | null | undefined> = {
    port: options.port,
    seed: options.seed,
    'api-key': options.apiKey,
    'api-secret': options.apiSecret,
    'webhook-url': options.webhookUrl,
    lifecycle: options.lifecycle ? 'on' : 'off',
    'step-ms': options.stepMs,
    'state-file': options.stateFile,
  };
  return Object.entries(named).flatMap(([name, value]) => (value == null ? [] : [`--${name}=${value}`]));
}

async function readUrl(child: ChildProcess, connector: string): Promise<string> {
  if (!child.stdout) throw new Error('The simulator has no output.');
  const waiting = new AbortController();
  const signal = AbortSignal.any([waiting.signal, AbortSignal.timeout(SPAWN_TIMEOUT_MS)]);
  const lines = createInterface({ input: child.stdout });
  try {
    const line = once(lines, 'line', { signal }).then(([text]) => String(text));
    const end = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`The simulator of ${connector} ended with ${code} before it was ready.`);
    });
    const first = await Promise.race([line, end]);
    // Whichever lost is ended below; nobody waits for it any more.
    for (const loser of [line, end]) loser.catch(() => {});
    return (JSON.parse(first) as { url: string }).url;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    waiting.abort();
  }
}

function createControl(base: string): SimulatorControl {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${base}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} /_control${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    state: () => call('GET', '/state'),
    requests: () => call('GET', '/requests'),
    addFault: (rule) => call('POST', '/faults', rule),
    clearFaults: () => call('DELETE', '/faults'),
    sendWebhook: (order) => call('POST', '/webhooks', order),
    advance: (move) => call('POST', '/advance', move),
    configure: (configuration) => call('PUT', '/configuration', configuration),
    reset: () => call('POST', '/reset'),
  };
}
