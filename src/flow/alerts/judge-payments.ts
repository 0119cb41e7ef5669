import { hubCaller } from '../../access/caller.js';
import { sqlOn, type Tx } from '../../db/database.js';
import { auditDone } from '../access/audit-done.js';
import type { Services } from '../services.js';
import type { HubWork } from '../work.js';
import { judge } from './judge.js';
import { closeAlert, openAlert } from './open-alert.js';
import { type ConfirmedOrder, differenceOf, readConfirmedOrders, sayDifference } from './read-payments.js';
import { type AlertRule, ORDER_KIND, readAlertRules, rulesFor } from './rule.js';
import { takeTurn } from './take-turn.js';

const OPEN_ONES = `select order_id as "orderId", message from alerts where kind = '${ORDER_KIND}' and closed_at is null`;

/** Judges every order again that an open alert says is paid otherwise than its total; only where it is over or says something else, in a turn. */
export async function judgeOpenPayments(services: Services): Promise<void> {
  const sql = sqlOn(services.db.pool);
  const open = await sql<{ orderId: string; message: string }>(OPEN_ONES);
  if (open.length === 0) return;
  const saidOf = new Map(open.map(({ orderId, message }) => [orderId, message]));
  const rules = await readAlertRules(sql);
  for (const order of await readConfirmedOrders(sql, [...saidOf.keys()], recordingOf(services))) {
    const isOver = judgeOrder(rules, order)?.verdict === false;
    if (!isOver && sayDifference(order) === saidOf.get(order.orderId)) continue;
    await services.db.transaction((tx) => judgePayments({ services, tx }, order.orderId));
  }
}

/**
 * Opens an alert for the order if its confirmed payments are not its total, and closes it if they are, or if the order is
 * cancelled or refunded. The order's timeline says so, too.
 */
export async function judgePayments(work: HubWork, orderId: string): Promise<void> {
  const { services, tx } = work;
  await takeTurn(tx, [orderId]);
  const rules = await readAlertRules(tx.sql);
  const [order] = await readConfirmedOrders(tx.sql, [orderId], recordingOf(services));
  const judged = order && judgeOrder(rules, order);
  if (!judged) return;
  const { rule, verdict, value } = judged;
  const { integrationId, integrationName: name, merchantId } = order;
  const scope = { merchantId, integrationId, orderId };
  const subject = { integrationId, name, lastError: null, order: { orderId, says: sayDifference(order) } };
  const isNews = verdict === true && (await openAlert(work, rule, scope, subject, value));
  const isOver = verdict === false && (await closeAlert(work, rule, scope));
  if (isNews || isOver) await tell(tx, order, isNews ? 'order.payment_differs' : 'order.payment_settled');
}

/** Connectors that confirm payments. */
const recordingOf = ({ connectors }: Services) =>
  connectors.filter(({ records }) => records !== undefined).map(({ name }) => name);

/** Null: no rule watches it. */
function judgeOrder(rules: readonly AlertRule[], order: ConfirmedOrder) {
  const about = { id: order.integrationId, connector: order.connector };
  const rule = rulesFor(rules, about).find(({ kind }) => kind === ORDER_KIND);
  if (!rule) return null;
  const value = Math.abs(Number(differenceOf(order)));
  return { rule, value, verdict: judge(rule, { value, samples: rule.minSamples }) };
}

async function tell(tx: Tx, order: ConfirmedOrder, action: string): Promise<void> {
  const { merchantId, integrationId, orderId, currency, total, sums } = order;
  const details = { paid: sums, total, currency, difference: differenceOf(order) };
  const about = { merchantId, integrationId, entityType: 'ORDER', entityId: orderId } as const;
  await auditDone(tx, hubCaller(merchantId), { action, ...about, details });
}
