import type { Tx } from '../../db/database.js';
import { sqlOn } from '../../db/database.js';
import type { Services } from '../services.js';
import { judge, type Measure } from './judge.js';
import { judgeOpenPayments } from './judge-payments.js';
import { type IntegrationFacts, measure, readFacts } from './measure.js';
import { measureHub } from './measure-hub.js';
import { type AlertScope, closeAlert, openAlert } from './open-alert.js';
import { type AlertRule, HUB_KINDS, ORDER_KIND, readAlertRules, rulesFor } from './rule.js';
import { takeTurn } from './take-turn.js';

interface Verdict {
  rule: AlertRule;
  scope: AlertScope;
  facts: IntegrationFacts | null;
  measure: Measure;
}

/** Measures what the rules watch of the hub and every integration, and opens and closes alerts. Harmless to repeat. */
export async function evaluateAlerts(services: Services): Promise<void> {
  await services.tally.flush();
  await services.db.transaction(async (tx) => {
    await takeTurn(tx);
    const verdicts = await verdictsOfAll(services);
    for (const verdict of verdicts) await apply(services, tx, verdict);
    await closeForgotten(services, tx, verdicts);
    await judgeOpenPayments(services, tx);
  });
}

async function verdictsOfAll(services: Services): Promise<Verdict[]> {
  const sql = sqlOn(services.db.pool);
  const rules = await readAlertRules(sql);
  const facts = await readFacts(services);
  const verdicts = (await Promise.all(facts.map((one) => verdictsOf(services, rules, one)))).flat();
  for (const rule of rules.filter(({ kind }) => HUB_KINDS.has(kind)))
    verdicts.push({ rule, scope: NOBODY, facts: null, measure: await measureHub(sql, rule, facts) });
  return verdicts;
}

const NOBODY: AlertScope = { merchantId: null, integrationId: null, orderId: null };

/** The same for one integration, in the transaction of what has happened to it. */
export async function evaluateAlertsOf(services: Services, tx: Tx, integrationId: string): Promise<void> {
  await takeTurn(tx);
  const facts = (await readFacts(services)).find((one) => one.integrationId === integrationId);
  if (!facts) return;
  const verdicts = await verdictsOf(services, await readAlertRules(tx.sql), facts);
  for (const verdict of verdicts) await apply(services, tx, verdict);
}

function verdictsOf(services: Services, rules: readonly AlertRule[], facts: IntegrationFacts): Promise<Verdict[]> {
  const { integrationId, merchantId, connector } = facts;
  const sql = sqlOn(services.db.pool);
  const scope = { merchantId, integrationId, orderId: null };
  return Promise.all(
    rulesFor(rules, { id: integrationId, connector })
      .filter(({ kind }) => kind !== ORDER_KIND)
      .map(async (rule) => ({
        rule,
        scope,
        facts,
        measure: await measure(sql, rule, facts),
      })),
  );
}

async function apply(services: Services, tx: Tx, { rule, scope, facts, measure }: Verdict): Promise<void> {
  const verdict = judge(rule, measure);
  if (verdict === true) await openAlert(services, tx, rule, scope, facts, measure.value ?? 0);
  if (verdict === false) await closeAlert(services, tx, rule, scope);
}

const OPEN_ONES = `select kind, merchant_id as "merchantId", integration_id as "integrationId", null as "orderId"
from alerts where closed_at is null and order_id is null`;

/** Of integrations that are disabled or gone, and of rules that are no more. */
async function closeForgotten(services: Services, tx: Tx, verdicts: readonly Verdict[]): Promise<void> {
  const open = await tx.sql<AlertScope & { kind: AlertRule['kind'] }>(OPEN_ONES);
  for (const alert of open) {
    const watched = verdicts.some(
      ({ rule, scope }) => rule.kind === alert.kind && scope.integrationId === alert.integrationId,
    );
    if (!watched) await closeAlert(services, tx, { kind: alert.kind, notify: false }, alert);
  }
}
