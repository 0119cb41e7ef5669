import { createOutageLog } from '../../db/outage-log.js';
import type { Services } from '../services.js';
import { evaluateAlertsOf } from './evaluate.js';

/** Evaluates the alerts of integrations to which something has happened, beside what it happened in. */
export interface AlertWatch {
  /** Soon, once however often it is said meanwhile. Lost with the process: the job looks at all of them every minute. */
  look(integrationId: string): void;
  /** Resolves when nothing is being evaluated any more. */
  stop(): Promise<void>;
}

/** One evaluation at a time, of all that came up during the last one. */
export function createAlertWatch(services: Services): AlertWatch {
  const outage = createOutageLog(services.log, 'Evaluating alerts');
  const due = new Set<string>();
  let isStopped = false;
  let running: Promise<void> | null = null;
  const run = async () => {
    while (due.size > 0 && !isStopped) {
      const ids = [...due];
      due.clear();
      await evaluateAlertsOf(services, ids).then(outage.worked, outage.failed);
    }
    running = null;
  };
  return {
    look(integrationId) {
      due.add(integrationId);
      if (!isStopped) running ??= run();
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
