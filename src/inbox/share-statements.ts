import { HubError } from '../errors.js';

export interface SharingOptions<Request, Answer> {
  /** Answers one batch, in its order. A rejection is every request's own. */
  run(batch: Request[]): Promise<PromiseSettledResult<Answer>[]>;
  maxBatch: number;
  /** Batches in flight at once. */
  concurrency: number;
  /** A further batch is sent beside one in flight when as many requests wait: below, the fewer batches cost less each. */
  worthAnother: number;
  /** Requests that may wait; further ones are refused at once, so that a slow database does not fill the memory. */
  maxWaiting: number;
}

interface Waiting<Request, Answer> {
  request: Request;
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

const RETRY_AFTER_MS = 1_000;

/**
 * Requests that arrive while statements are in flight share the next one: no timer, a single request is not delayed, and
 * the batch grows exactly as much as the database is slower than the requests.
 * @throws HubError DATABASE_UNAVAILABLE from the returned function when too many wait
 */
export function shareStatements<Request, Answer>(
  options: SharingOptions<Request, Answer>,
): (request: Request) => Promise<Answer> {
  const waiting: Waiting<Request, Answer>[] = [];
  let inFlight = 0;

  const pump = async () => {
    if (inFlight >= options.concurrency || (inFlight > 0 && waiting.length < options.worthAnother)) return;
    inFlight += 1;
    // Requests of the same tick of the event loop still join this batch.
    await new Promise(setImmediate);
    while (waiting.length > 0) await runBatch(waiting.splice(0, options.maxBatch));
    inFlight -= 1;
  };
  const runBatch = async (batch: Waiting<Request, Answer>[]) => {
    try {
      const answers = await options.run(batch.map(({ request }) => request));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index];
        if (answer?.status === 'fulfilled') resolve(answer.value);
        else reject(answer?.reason);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return (request) => {
    if (waiting.length >= options.maxWaiting) return Promise.reject(overfull());
    return new Promise<Answer>((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      void pump();
    });
  };
}

function overfull(): HubError {
  return new HubError('DATABASE_UNAVAILABLE', 'Too many requests wait for the database: try again in a second.', {
    retryAfterMs: RETRY_AFTER_MS,
  });
}
