import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { sqlOn, type Tx } from '../../db/database.js';
import { HubError } from '../../errors.js';
import { auditDone } from '../access/audit-done.js';
import { hiddenFrom } from '../access/require-access.js';
import { checkInput } from '../check-input.js';
import type { Services } from '../services.js';
import { AlertComparison, AlertKind, type AlertRule, AlertSeverity, HUB_KINDS, readAlertRules } from './rule.js';

const LONGEST_WINDOW_MS = 7 * 86_400_000;
const shape = {
  comparison: z.enum(AlertComparison).nullish(),
  threshold: z.number().min(0).nullish(),
  clearThreshold: z.number().min(0).nullish(),
  windowMs: z.int().min(60_000).max(LONGEST_WINDOW_MS).nullish(),
  minSamples: z.int().min(1).nullish(),
  severity: z.enum(AlertSeverity).nullish(),
  enabled: z.boolean().nullish(),
  notify: z.boolean().nullish(),
};
const updateSchema = z.object({ id: z.string(), ...shape });
const createSchema = z.object({
  ...shape,
  kind: z.enum(AlertKind),
  connector: z.string().nullish(),
  integrationId: z.string().nullish(),
  threshold: z.number().min(0),
});
export type UpdateAlertRule = z.infer<typeof updateSchema>;
export type CreateAlertRule = z.infer<typeof createSchema>;

/** Those of the caller's own integrations, and those for every merchant; none of systems whose status it may not see. */
export async function listAlertRules(services: Services, caller: Caller): Promise<AlertRule[]> {
  const rules = await readAlertRules(sqlOn(services.db.pool));
  const scopes = await Promise.all(rules.map(({ integrationId }) => scopeOf(services, integrationId)));
  const hidden = hiddenFrom(services, caller);
  return rules.filter(({ connector, integrationId }, place) => {
    const scope = scopes[place] ?? null;
    const isOwn = integrationId === null || caller.merchantId === null || scope?.merchantId === caller.merchantId;
    return isOwn && !hidden.includes(connector ?? scope?.connector ?? '');
  });
}

const scopeOf = ({ integrations }: Services, id: string | null) => (id === null ? null : integrations.find(id));

/** Changes what is given of a rule; answers it. @throws HubError NOT_FOUND, BAD_USER_INPUT, FORBIDDEN */
export async function updateAlertRule(services: Services, caller: Caller, input: UpdateAlertRule): Promise<AlertRule> {
  const { id, ...changes } = checkInput(updateSchema, input);
  return save(services, caller, 'alert_rule.update', async (tx) => {
    const rule = (await readAlertRules(tx.sql)).find((one) => one.id === id);
    if (!rule)
      throw new HubError('NOT_FOUND', `There is no alert rule ${id}: \`alertRules\` lists them.`, { path: ['id'] });
    return { ...rule, ...given(changes) };
  });
}

/** A rule for one connector, or one integration, that holds there instead of the wider one. @throws HubError as above */
export async function createAlertRule(services: Services, caller: Caller, input: CreateAlertRule): Promise<AlertRule> {
  const rule = checkInput(createSchema, input);
  const { kind, connector = null, integrationId = null, threshold } = rule;
  if (HUB_KINDS.has(kind) && (connector !== null || integrationId !== null))
    throw new HubError('BAD_USER_INPUT', `${kind} is of the whole hub: update its one rule.`, { path: ['kind'] });
  return save(services, caller, 'alert_rule.create', async (tx) => {
    const known = (await readAlertRules(tx.sql)).find(
      (one) => one.kind === kind && one.connector === connector && one.integrationId === integrationId,
    );
    if (known)
      throw new HubError('ALREADY_EXISTS', `Rule ${known.id} is of this kind and scope: update it.`, {
        path: ['kind'],
      });
    if (integrationId !== null && !(await services.integrations.find(integrationId)))
      throw new HubError('NOT_FOUND', `There is no integration ${integrationId}.`, { path: ['integrationId'] });
    const id = [kind.toLowerCase().replaceAll('_', '-'), integrationId ?? connector ?? 'all'].join(':');
    return {
      ...DEFAULTS,
      ...given(rule),
      id,
      kind,
      connector,
      integrationId,
      clearThreshold: rule.clearThreshold ?? threshold,
      threshold,
    };
  });
}

const DEFAULTS = {
  comparison: 'ABOVE',
  windowMs: 900_000,
  minSamples: 1,
  severity: 'WARNING',
  enabled: true,
  notify: true,
} as const;

const SAVE = `insert into alert_rules
  (id, kind, connector, integration_id, comparison, threshold, clear_threshold, window_ms, min_samples, severity, enabled, notify)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (id) do update set comparison = excluded.comparison, threshold = excluded.threshold,
  clear_threshold = excluded.clear_threshold, window_ms = excluded.window_ms, min_samples = excluded.min_samples,
  severity = excluded.severity, enabled = excluded.enabled, notify = excluded.notify, updated_at = now()`;

/** Rules hold for every merchant, so a caller that is limited to one may not change them. */
async function save(
  services: Services,
  caller: Caller,
  action: string,
  make: (tx: Tx) => Promise<AlertRule>,
): Promise<AlertRule> {
  if (caller.merchantId !== null)
    throw new HubError('FORBIDDEN', 'This needs a token that is not limited to a merchant.');
  return services.db.transaction(async (tx) => {
    const rule = await make(tx);
    checkThresholds(rule);
    const { id, kind, connector, integrationId, comparison, threshold, clearThreshold } = rule;
    const rest = [rule.windowMs, rule.minSamples, rule.severity, rule.enabled, rule.notify];
    await tx.sql(SAVE, [id, kind, connector, integrationId, comparison, threshold, clearThreshold, ...rest]);
    await auditDone(tx, caller, { action, integrationId, details: { ruleId: id, threshold, enabled: rule.enabled } });
    return rule;
  });
}

function checkThresholds({ threshold, clearThreshold }: AlertRule): void {
  if (clearThreshold <= threshold) return;
  throw new HubError('BAD_USER_INPUT', 'An alert opens above the threshold, so `clearThreshold` must not be higher.', {
    path: ['clearThreshold'],
  });
}

function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  ) as never;
}
