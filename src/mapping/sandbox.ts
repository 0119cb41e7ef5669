import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Evaluated } from './evaluate-program.js';
import type { Program } from './mapping-rules.js';
import type { Task } from './sandbox-worker.js';

/** Where the expressions of mappings run: a thread of its own with bounded time and memory. */
export interface Sandbox {
  /** Each program over each document, a JSON text whose numbers stay exact; for each document one answer per program. */
  evaluate(programs: Program[], documents: string[]): Promise<Evaluated[][]>;
  /** One answer per program: `error` when it does not compile, with the name of the wrong part as `json`. */
  check(programs: Program[]): Promise<Evaluated[]>;
  stop(): Promise<void>;
}

export interface SandboxOptions {
  /** Of one expression; a document with all its rules has four times that. */
  timeoutMs?: number;
}

const EXPRESSION_TIMEOUT_MS = 500;
const START_TIMEOUT_MS = 15_000;
const MEMORY = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
const SCRIPT = fileURLToPath(new URL('./sandbox-worker.js', import.meta.url));

/** Handed over at once. */
const MOST_AT_ONCE = 500;

interface Turn extends Task {
  resolve(results: Evaluated[][]): void;
  reject(reason: unknown): void;
}

/**
 * Tasks take turns, and a task with many documents takes several, so that none waits long for another. When the thread ends
 * in the middle, the documents of that turn are tried one by one: what one of them does to the thread, no other suffers.
 */
export function createSandbox({ timeoutMs = EXPRESSION_TIMEOUT_MS }: SandboxOptions = {}): Sandbox {
  const thread = keepThread(timeoutMs);
  const waiting: Turn[] = [];
  let isPumping = false;
  const pump = async () => {
    if (isPumping) return;
    isPumping = true;
    for (let turn = waiting.shift(); turn; turn = waiting.shift()) {
      const { programs, documents } = turn;
      await thread.work({ programs, documents }).then(turn.resolve, turn.reject);
    }
    isPumping = false;
  };
  const take = (task: Task) =>
    new Promise<Evaluated[][]>((resolve, reject) => {
      waiting.push({ ...task, resolve, reject });
      void pump();
    });
  return {
    evaluate: (programs, documents) => evaluateInTurns(take, programs, documents),
    check: async (programs) => {
      const [checked] = await take({ programs, documents: null }).catch((error) => [allFailed(programs, error)]);
      return checked ?? [];
    },
    stop: thread.stop,
  };
}

async function evaluateInTurns(
  take: (task: Task) => Promise<Evaluated[][]>,
  programs: Program[],
  documents: string[],
): Promise<Evaluated[][]> {
  const results: Evaluated[][] = [];
  let suspects = 0;
  while (results.length < documents.length) {
    const next = documents.slice(results.length, results.length + (suspects > 0 ? 1 : MOST_AT_ONCE));
    const got = await take({ programs, documents: next }).catch((error) =>
      next.length > 1 ? [] : [allFailed(programs, error)],
    );
    suspects = got.length === 0 ? next.length : Math.max(0, suspects - got.length);
    results.push(...got);
  }
  return results;
}

function allFailed(programs: Program[], { name, message }: Error): Evaluated[] {
  return programs.map(() => ({ error: message, timedOut: name === 'TimeoutError' }));
}

/** The thread is started when it is first needed, and anew after whatever made it end. */
function keepThread(timeoutMs: number) {
  let worker: Worker | null = null;
  const start = async () => {
    const started = await startWorker(timeoutMs);
    worker = started;
    started.once('exit', () => {
      if (worker === started) worker = null;
    });
    return started;
  };
  const stop = async () => {
    const ended = worker;
    worker = null;
    await ended?.terminate();
  };
  /** @throws Error after which the thread is gone */
  const work = async (task: Task): Promise<Evaluated[][]> => {
    try {
      const running = worker ?? (await start());
      const answer = nextMessage(running, 4 * timeoutMs);
      running.postMessage(task);
      return (await answer) as Evaluated[][];
    } catch (error) {
      await stop();
      throw error;
    }
  };
  return { work, stop };
}

async function startWorker(timeoutMs: number): Promise<Worker> {
  const worker = new Worker(SCRIPT, { resourceLimits: MEMORY, env: {}, execArgv: [], workerData: { timeoutMs } });
  worker.unref();
  // An error that nobody waits for must not end the process; the next task finds the thread gone.
  worker.on('error', () => {});
  await nextMessage(worker, START_TIMEOUT_MS);
  return worker;
}

/** @throws Error named TimeoutError, or saying that the thread ended, e.g. because its memory was used up */
function nextMessage(worker: Worker, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    const onMessage = (message: unknown) => finish(() => resolve(message));
    const onError = (error: NodeJS.ErrnoException) => finish(() => reject(new Error(reasonOf(error))));
    const onExit = () => finish(() => reject(new Error('the mapping was cut off: its thread ended')));
    const timer = setTimeout(() => finish(() => reject(timeoutError())), timeoutMs);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it needs more memory than a mapping may have' : message;
}

function timeoutError(): Error {
  return Object.assign(new Error('it takes longer than a mapping may'), { name: 'TimeoutError' });
}
