import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Evaluated } from './evaluate.js';
import type { Program } from './mapping-rules.js';
import type { Task } from './sandbox-worker.js';

/** Where the expressions of mappings run: a thread of its own with bounded time and memory. */
export interface Sandbox {
  /** Each program over the document, a JSON text whose numbers stay exact; one answer per program. */
  evaluate(programs: Program[], document: string): Promise<Evaluated[]>;
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

interface Job extends Task {
  settle(results: Evaluated[]): void;
}

/** Documents are worked through one after the other: what one of them does to the thread, no other suffers. */
export function createSandbox({ timeoutMs = EXPRESSION_TIMEOUT_MS }: SandboxOptions = {}): Sandbox {
  const thread = keepThread(timeoutMs);
  const waiting: Job[] = [];
  let isPumping = false;
  const pump = async () => {
    if (isPumping) return;
    isPumping = true;
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const { programs, document } = job;
      const failed = ({ name, message }: Error) =>
        programs.map(() => ({ error: message, timedOut: name === 'TimeoutError' }));
      job.settle(await thread.work({ programs, document }).catch(failed));
    }
    isPumping = false;
  };
  const add = (task: Task) =>
    new Promise<Evaluated[]>((settle) => {
      waiting.push({ ...task, settle });
      void pump();
    });
  return {
    evaluate: (programs, document) => add({ programs, document }),
    check: (programs) => add({ programs, document: null }),
    stop: thread.stop,
  };
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
  const work = async (task: Task): Promise<Evaluated[]> => {
    try {
      const running = worker ?? (await start());
      const answer = nextMessage(running, 4 * timeoutMs);
      running.postMessage(task);
      return (await answer) as Evaluated[];
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
