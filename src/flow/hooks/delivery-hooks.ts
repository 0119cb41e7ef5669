import { AsyncLocalStorage } from 'node:async_hooks';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Effect } from '../../connectors/connector.js';
import type { FieldMappings } from '../../connectors/field-mappings.js';
import type { DeliveryNotice, HookName, HookTask } from './notice.js';

/** Tells custom code of each delivery. It runs in a thread of its own: one that throws, hangs or ends harms nothing but itself. */
export interface DeliveryHooks {
  /** Returns at once; what does not fit in the queue any more is dropped and logged. */
  tell(name: HookName, notice: DeliveryNotice): void;
  /** What `beforeSend` is told of while `work` runs. */
  during<T>(sync: DeliveryNotice['sync'], entity: Effect['snapshot'], work: () => Promise<T>): Promise<T>;
  /** Mappings that tell `beforeSend` of each body that they have made. */
  watch<Bound extends FieldMappings>(mappings: Bound): Bound;
  stop(): Promise<void>;
}

export interface DeliveryHooksDeps {
  /** Addresses of modules that export any of the hooks. None: nothing is started. */
  modules: readonly string[];
  log: Logger;
}

const PROGRAM = new URL('hook-worker.js', import.meta.url);
/** For all modules together; then the thread is ended and started anew. */
const PATIENCE_MS = 5_000;
const MOST_WAITING = 1_000;

export function createDeliveryHooks({ modules, log }: DeliveryHooksDeps): DeliveryHooks {
  const thread = new HookThread(modules, log);
  const delivering = new AsyncLocalStorage<Pick<DeliveryNotice, 'sync' | 'entity'>>();
  const tell: DeliveryHooks['tell'] = (name, notice) => {
    if (modules.length > 0) thread.add({ name, notice: JSON.stringify(notice) });
  };
  return {
    tell,
    during: (sync, entity, work) => delivering.run({ sync, entity }, work),
    watch: (mappings) => ({
      ...mappings,
      async outbound(entityType, snapshot, body) {
        const payload = await mappings.outbound(entityType, snapshot, body);
        const delivery = delivering.getStore();
        if (delivery) tell('beforeSend', { ...delivery, payload });
        return payload;
      },
    }),
    stop: () => thread.stop(),
  };
}

/** One task at a time, so that a thread that hangs holds one task and not all. */
class HookThread {
  private readonly waiting: HookTask[] = [];
  private worker: Worker | null = null;
  private busy = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly modules: readonly string[],
    private readonly log: Logger,
  ) {}

  add(task: HookTask): void {
    if (this.waiting.length >= MOST_WAITING) this.log.warn({ hook: task.name }, 'a hook is too slow: it is not told');
    else this.waiting.push(task);
    this.next();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.worker?.terminate();
  }

  private next(): void {
    if (this.busy || this.stopped) return;
    const task = this.waiting.shift();
    if (!task) return;
    this.busy = true;
    this.worker ??= this.start();
    this.worker.postMessage(task);
    this.timer = setTimeout(() => this.giveUp(task), PATIENCE_MS);
  }

  private start(): Worker {
    const worker = new Worker(PROGRAM, { workerData: this.modules, stdout: false });
    worker.unref();
    worker.on('message', (problems: string[]) => {
      for (const problem of problems) this.log.warn({ problem }, 'a hook failed');
      this.done();
    });
    worker.on('error', (err) => this.log.warn({ err }, 'a hook ended its thread'));
    worker.on('exit', () => {
      if (this.worker !== worker) return;
      this.worker = null;
      this.done();
    });
    return worker;
  }

  private giveUp({ name }: HookTask): void {
    this.log.warn({ hook: name, patienceMs: PATIENCE_MS }, 'a hook hangs: its thread is started anew');
    void this.worker?.terminate();
  }

  private done(): void {
    clearTimeout(this.timer);
    this.busy = false;
    this.next();
  }
}
