import type pg from 'pg';
import { HubError } from '../errors.js';
import type { Plan } from './plan.js';

/** A statement that ran so often is prepared by name on each connection; a prepared one costs memory in every backend. */
const WARM_RUNS = 4;
const MOST_NAMED = 150;

/** Runs a plan's statement; answers its one text. @throws HubError DATABASE_UNAVAILABLE */
export type RunStatement = (plan: Plan, values: readonly unknown[]) => Promise<string>;

export function createStatements(pool: pg.Pool): RunStatement {
  const names = new Map<string, string>();
  return async (plan, values) => {
    plan.runs += 1;
    if (plan.runs === WARM_RUNS && names.size < MOST_NAMED && !names.has(plan.sql)) {
      names.set(plan.sql, `read_${names.size + 1}`);
    }
    const name = plan.runs >= WARM_RUNS ? names.get(plan.sql) : undefined;
    try {
      const query = { text: plan.sql, values: [...values], rowMode: 'array' as const, ...(name ? { name } : {}) };
      const { rows } = await pool.query<[string]>(query);
      return rows[0]?.[0] ?? 'null';
    } catch (error) {
      throw isAway(error)
        ? new HubError('DATABASE_UNAVAILABLE', 'The database is away: try again in a moment.', { cause: error })
        : error;
    }
  };
}

/** Connection errors, shutdowns and refused connections; everything else is a mistake of ours. */
function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    /^(08|57P0|25P03|53300|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code ?? '') ||
    /terminated|timeout/i.test(message ?? '')
  );
}
