import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { auditDone } from '../access/audit-done.js';
import type { Services } from '../services.js';
import { judge } from './judge.js';
import { closeAlert, openAlert } from './open-alert.js';
import { type ConfirmedOrder, differenceOf, readConfirmedOrders, sayDifference } from './read-payments.js';
import { ORDER_KIND, readAlertRules, rulesFor } from './rule.js';
import { takeTurn } from './take-turn.js';

const OPEN_ONES = `select order_id as "orderId" from alerts where kind = '${ORDER_KIND}' and closed_at is null`;

/** Judges every order again that an open alert says is paid otherwise than its total. */
export async function judgeOpenPayments(services: Services, tx: Tx): Promise<void> {
  const open = await tx.sql<{ orderId: string }>(OPEN_ONES);
  if (open.length > 0)
    await judgePayments(
      services,
      tx,
      open.map(({ orderId }) => orderId),
    );
}

/**
 * Opens an alert for each of the orders whose confirmed payments are not its total, and closes it where they
 * are, or where the order is cancelled or refunded. The order's timeline says so, too.
 */
export async function judgePayments(services: Services, tx: Tx, orderIds: readonly string[]): Promise<void> {
  await takeTurn(tx);
  const recording = services.connectors.filter(({ records }) => records !== undefined).map(({ name }) => name);
  const rules = await readAlertRules(tx.sql);
  for (const order of await readConfirmedOrders(tx.sql, orderIds, recording)) {
    const { integrationId, connector, merchantId, orderId } = order;
    const rule = rulesFor(rules, { id: integrationId, connector }).find(({ kind }) => kind === ORDER_KIND);
    if (!rule) continue;
    const scope = { merchantId, integrationId, orderId };
    const value = Math.abs(Number(differenceOf(order)));
    const verdict = judge(rule, { value, samples: rule.minSamples });
    const subject = {
      integrationId,
      name: order.integrationName,
      lastError: null,
      order: { orderId, says: sayDifference(order) },
    };
    const isNews = verdict === true && (await openAlert(services, tx, rule, scope, subject, value));
    const isOver = verdict === false && (await closeAlert(services, tx, rule, scope));
    if (isNews || isOver) await tell(tx, order, isNews ? 'order.payment_differs' : 'order.payment_settled');
  }
}

async function tell(tx: Tx, order: ConfirmedOrder, action: string): Promise<void> {
  const { merchantId, integrationId, orderId, currency, total, sums } = order;
  const hub: Caller = { subject: 'hub', role: 'operator', merchantId, permissions: [], via: 'hub', expiresAt: null };
  const details = { paid: sums, total, currency, difference: differenceOf(order) };
  const about = { merchantId, integrationId, entityType: 'ORDER', entityId: orderId } as const;
  await auditDone(tx, hub, { action, ...about, details });
}
