import type { Logger } from 'pino';
import { createOutageLog, type OutageLog } from '../db/outage-log.js';

export interface PacedLoop {
  start(): void;
  /** Asks for a pass soon. */
  wake(): void;
  /** Resolves after a pass that began after this call; rejects when that pass fails. */
  pass(): Promise<void>;
  /** Resolves when no pass is running any more; those who wait for one are refused. */
  stop(): Promise<void>;
}

/** Runs `work` when woken, never beside itself, at most once per interval, and at least once per poll. */
export function createPacedLoop(deps: {
  work: () => Promise<void>;
  intervalMs: number;
  pollMs: number;
  log: Logger;
}): PacedLoop {
  return new Loop(deps.work, deps.intervalMs, deps.pollMs, createOutageLog(deps.log, 'The feed'));
}

type Waiter = PromiseWithResolvers<void>;

class Loop implements PacedLoop {
  private waiters: Waiter[] = [];
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private running: Promise<void> | null = null;
  private lastAt = Number.NEGATIVE_INFINITY;
  private stopped = true;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly intervalMs: number,
    private readonly pollMs: number,
    private readonly outage: OutageLog,
  ) {}

  start(): void {
    this.stopped = false;
    this.runWithin(0);
  }

  wake(): void {
    this.runWithin(Math.max(0, this.lastAt + this.intervalMs - performance.now()));
  }

  pass(): Promise<void> {
    if (this.stopped) return Promise.reject(new Error('The feed is stopped'));
    const waiter = Promise.withResolvers<void>();
    this.waiters.push(waiter);
    this.wake();
    return waiter.promise;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
    for (const waiter of this.waiters.splice(0)) waiter.reject(new Error('The feed is stopped'));
  }

  private runWithin(delayMs: number): void {
    const at = performance.now() + delayMs;
    if (this.stopped || at >= this.dueAt) return;
    this.dueAt = at;
    clearTimeout(this.timer);
    // While a pass runs, its end looks at `dueAt`.
    if (!this.running) this.timer = setTimeout(() => this.run(), delayMs);
  }

  private run(): void {
    this.dueAt = Number.POSITIVE_INFINITY;
    this.lastAt = performance.now();
    this.running = this.once(this.waiters.splice(0)).then(() => {
      this.running = null;
      const dueInMs = Math.max(0, Math.min(this.dueAt - performance.now(), this.pollMs));
      this.dueAt = Number.POSITIVE_INFINITY;
      this.runWithin(dueInMs);
    });
  }

  private async once(waiters: Waiter[]): Promise<void> {
    try {
      await this.work();
      this.outage.worked();
      for (const waiter of waiters) waiter.resolve();
    } catch (error) {
      this.outage.failed(error);
      for (const waiter of waiters) waiter.reject(error);
    }
  }
}
