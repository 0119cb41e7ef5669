import { createHash } from 'node:crypto';
import { currentTraceparent } from '../../model/trace.js';

/** One effect of a write, so that a test can prove how often it happened. */
export interface SimulatedEffect {
  idempotencyKey: string | null;
  method: string;
  path: string;
  entityId: string;
  at: string;
  /** Requests that were answered by it without another effect. */
  repeats: number;
}

interface KeptAnswer {
  fingerprint: string;
  status: number;
  body: unknown;
  effect: SimulatedEffect;
}

export interface Write {
  idempotencyKey: string | null;
  method: string;
  path: string;
  body: string;
}

/** Answers of writes by idempotency key, and the list of effects. */
export interface Effects {
  list(): readonly SimulatedEffect[];
  /** Headers that carry on the trace of the entity's newest write, or else of the work at hand. */
  traceHeaders(entityId: string): Record<string, string>;
  clear(): void;
  /** What `restore` takes after a restart: a JSON value. */
  save(): unknown;
  restore(kept: unknown): void;
  /**
   * Runs `effect` once per idempotency key: the same request again gets the first answer, another one under the same
   * key is refused with 422.
   */
  once(
    write: Write,
    effect: () => { status: number; body: unknown; entityId: string },
  ): { status: number; body: unknown };
}

export function createEffects(): Effects {
  let effects: SimulatedEffect[] = [];
  let answers = new Map<string, KeptAnswer>();
  const traces = new Map<string, string>();
  return {
    list: () => effects,
    traceHeaders: (entityId): Record<string, string> => {
      const traceparent = traces.get(entityId) ?? currentTraceparent();
      return traceparent ? { traceparent } : {};
    },
    clear() {
      effects = [];
      answers = new Map();
    },
    save: () => [...answers],
    restore(kept) {
      answers = new Map(kept as [string, KeptAnswer][]);
      effects = [...answers.values()].map(({ effect }) => effect);
    },
    once(write, run) {
      const fingerprint = createHash('sha256').update(`${write.method} ${write.path}\n${write.body}`).digest('hex');
      const kept = write.idempotencyKey === null ? undefined : answers.get(write.idempotencyKey);
      if (kept && kept.fingerprint !== fingerprint) return REUSED;
      if (kept) {
        kept.effect.repeats++;
        return kept;
      }
      const { status, body, entityId } = run();
      const traceparent = currentTraceparent();
      if (traceparent) traces.set(entityId, traceparent);
      const { idempotencyKey, method, path } = write;
      const effect = { idempotencyKey, method, path, entityId, at: new Date().toISOString(), repeats: 0 };
      effects.push(effect);
      if (idempotencyKey !== null) answers.set(idempotencyKey, { fingerprint, status, body, effect });
      return { status, body };
    },
  };
}

const REUSED = {
  status: 422,
  body: { error: 'IDEMPOTENCY_KEY_REUSED', message: 'This Idempotency-Key was used for another request.' },
};
