import type { Logger } from 'pino';

/** Tells of an outage once when it begins and once when it is over, however often the work is tried in between. */
export interface OutageLog {
  failed(error: unknown): void;
  worked(): void;
}

/** For one piece of work that is tried again and again. `what` begins the sentence: `Claiming work`. */
export function createOutageLog(log: Logger, what: string): OutageLog {
  let failing = false;
  return {
    failed: (error) => {
      if (!failing) log.warn({ err: error }, `${what} fails; it is tried again until it works`);
      failing = true;
    },
    worked: () => {
      if (failing) log.info(`${what} works again`);
      failing = false;
    },
  };
}
