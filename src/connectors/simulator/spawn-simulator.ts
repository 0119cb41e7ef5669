import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Configuration, Move } from './control.js';
import type { SimulatedEffect } from './effects.js';
import type { FaultRule } from './faults.js';
import { SYSTEMS_VARIABLE, type SystemToStart } from './options.js';
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

const SPAWN_TIMEOUT_MS = 30_000;

const PROGRAM = fileURLToPath(new URL('run-simulators.js', import.meta.url));

/** A connector by its name, or the address of a module outside that exports `buildSimulator`. */
export type SimulatorModule = string | URL;

/** Keys that the simulated system accepts; the rest has defaults. */
export type SpawnOptions = SystemToStart['options'];

/**
 * Starts a simulator as a process of its own, which ends with this one.
 * @throws Error when it does not come up
 */
export async function spawnSimulator(module: SimulatorModule, options: SpawnOptions): Promise<SpawnedSimulator> {
  const [simulator] = await spawnSimulators([{ module, options }]);
  if (!simulator) throw new Error('Unreachable: as many come up as were asked for');
  return simulator;
}

/**
 * Starts several in one process: as apart from the hub, at the price of one. To stop one stops all.
 * @throws Error when one of them does not come up
 */
export async function spawnSimulators(
  wanted: readonly { module: SimulatorModule; options: SpawnOptions }[],
): Promise<SpawnedSimulator[]> {
  const systems = wanted.map(({ module, options }): SystemToStart => ({ module: addressOf(module), options }));
  const env = { ...process.env, [SYSTEMS_VARIABLE]: JSON.stringify(systems) };
  const child = fork(PROGRAM, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [], env });
  const urls = await readUrls(child);
  // Nobody is kept alive by it: it ends with whoever started it.
  child.unref();
  child.channel?.unref();
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return urls.map((url) => ({ url, control: createControl(`${url}/_control`), stop }));
}

function addressOf(module: SimulatorModule): string {
  return module instanceof URL ? module.href : new URL(`../${module}/simulator.js`, import.meta.url).href;
}

async function readUrls(child: ChildProcess): Promise<string[]> {
  if (!child.stdout) throw new Error('The simulator has no output.');
  const waiting = new AbortController();
  const signal = AbortSignal.any([waiting.signal, AbortSignal.timeout(SPAWN_TIMEOUT_MS)]);
  const lines = createInterface({ input: child.stdout });
  try {
    const line = once(lines, 'line', { signal }).then(([text]) => String(text));
    const end = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`The simulator ended with ${code} before it was ready.`);
    });
    const first = await Promise.race([line, end]);
    // Whichever lost is ended below; nobody waits for it any more.
    for (const loser of [line, end]) loser.catch(() => {});
    return JSON.parse(first) as string[];
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
