import type { Agenda } from 'agenda';

interface Processor {
  runOrRetry(job: unknown): Promise<void>;
}

/**
 * Agenda watches each run by a timer that nobody ends: it outlives the run by half a lock's time, for which a process that
 * has stopped everything else would wait. Begins such timers so that nobody waits for them.
 */
export function unrefWatch(agenda: Agenda): void {
  const { jobProcessor } = agenda as unknown as { jobProcessor: Processor };
  const run = jobProcessor.runOrRetry.bind(jobProcessor);
  jobProcessor.runOrRetry = (job) => {
    const { setTimeout } = globalThis;
    const unreffed = (...args: Parameters<typeof setTimeout>) => setTimeout(...args).unref();
    // The watch begins before the call returns, so that nothing else sees this one.
    globalThis.setTimeout = Object.assign(unreffed, setTimeout);
    try {
      return run(job);
    } finally {
      globalThis.setTimeout = setTimeout;
    }
  };
}
