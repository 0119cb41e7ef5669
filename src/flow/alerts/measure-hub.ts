import type { Sql } from '../../db/database.js';
import { countSecurityEvents } from '../../rollup/count-security-events.js';
import type { IntegrationFacts } from './facts.js';
import type { Measure } from './judge.js';
import type { AlertRule } from './rule.js';

/** Of the instance whose memory is fullest; null: none has reported within a minute. */
const FULLEST = `select max(memory_ratio) as value from instance_loads where at > now() - interval '1 minute'`;

/** What a rule of the whole hub watches. */
export async function measureHub(sql: Sql, rule: AlertRule, facts: readonly IntegrationFacts[]): Promise<Measure> {
  const { minSamples: samples } = rule;
  if (rule.kind === 'HUB_QUEUE_SIZE') return { value: facts.reduce((sum, { active }) => sum + active, 0), samples };
  if (rule.kind === 'SECURITY_EVENTS') return { value: await countSecurityEvents(sql, rule.windowMs), samples };
  const [row] = await sql<{ value: number | null }>(FULLEST);
  return { value: row?.value ?? null, samples };
}
