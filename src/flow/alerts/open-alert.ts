import type { Tx } from '../../db/database.js';
import { newId } from '../../model/ids.js';
import { notify } from '../../notify/notify.js';
import type { HubWork } from '../work.js';
import { explain, namesFailure, type Subject } from './explain.js';
import type { AlertRule } from './rule.js';

/** Whose alert it is; null and null: the hub's own. */
export interface AlertScope {
  merchantId: string | null;
  integrationId: string | null;
  /** Where it is of one order. */
  orderId: string | null;
}

const OPEN = `insert into alerts
  (id, merchant_id, integration_id, order_id, kind, severity, message, advice, rule_id, measured, threshold, remedy, link)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing returning 1`;

/** What an open alert says of an order follows the order. */
const SAY_ANEW = `update alerts set message = $3, measured = $4
where kind = $1 and order_id = $2 and closed_at is null and message <> $3 returning 1`;

const CLOSE = `update alerts set closed_at = now()
where kind = $1 and integration_id is not distinct from $2 and order_id is not distinct from $3 and closed_at is null
returning id, message, to_char(opened_at at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"') as "openedAt",
  coalesce((select name from integrations where id = alerts.integration_id), 'Syncline') as name`;

const LAST_FAILURE = `select concat_ws(': ', error_code, error_message) as reason from sync_events
where integration_id = $1 and status = 'FAILED' order by id desc limit 1`;

/** Opens an alert and tells of it, unless one of this kind is open there; answers whether it says anything new. */
export async function openAlert(
  work: HubWork,
  rule: AlertRule,
  scope: AlertScope,
  subject: Subject,
  value: number,
): Promise<boolean> {
  const { tx } = work;
  const id = newId('Alert');
  const { message, advice, remedy, link } = explain(rule, await withFailure(tx, rule, subject), value);
  const values = [rule.kind, rule.severity, message, advice, rule.id, value, rule.threshold, remedy, link];
  const opened = await tx.sql(OPEN, [id, scope.merchantId, scope.integrationId, scope.orderId, ...values]);
  if (opened.length === 0) {
    if (scope.orderId === null) return false;
    return (await tx.sql(SAY_ANEW, [rule.kind, scope.orderId, message, value])).length > 0;
  }
  await publishAlert(work, 'alert.opened', scope, { alertId: id, alertKind: rule.kind });
  if (!rule.notify) return true;
  const text = `${message}\n\n${advice}\n\n${remedy}\n\n${link}`;
  const subjectLine = `${rule.severity}: ${rule.kind} ${subject?.name ?? 'Syncline'}`;
  const dedupKey = `alert.opened:${id}`;
  await notify(tx, { kind: 'alert.opened', ...whoseOf(scope), dedupKey, subject: subjectLine, text });
  return true;
}

const whoseOf = ({ merchantId, integrationId }: AlertScope) => ({ merchantId, integrationId });

async function withFailure({ sql }: Tx, { kind }: AlertRule, subject: Subject): Promise<Subject> {
  if (!subject || !namesFailure(kind)) return subject;
  const [last] = await sql<{ reason: string }>(LAST_FAILURE, [subject.integrationId]);
  return { ...subject, ...(last && { lastFailure: last.reason }) };
}

interface Closed {
  id: string;
  message: string;
  openedAt: string;
  name: string;
}

/** Closes the open alert of this kind and tells of it, if there is one; answers whether there was. */
export async function closeAlert(
  work: HubWork,
  rule: Pick<AlertRule, 'kind' | 'notify'>,
  scope: AlertScope,
): Promise<boolean> {
  const { tx } = work;
  const [closed] = await tx.sql<Closed>(CLOSE, [rule.kind, scope.integrationId, scope.orderId]);
  if (!closed) return false;
  await publishAlert(work, 'alert.closed', scope, { alertId: closed.id, alertKind: rule.kind });
  if (!rule.notify) return true;
  const dedupKey = `alert.closed:${closed.id}`;
  const text = `This is no longer so; it was from ${closed.openedAt} on:\n\n${closed.message}`;
  const subject = `Over: ${rule.kind} ${closed.name}`;
  await notify(tx, { kind: 'alert.closed', ...whoseOf(scope), dedupKey, subject, text });
  return true;
}

/** Changes of the hub's own alerts have no merchant: only callers of all merchants see them. */
export async function publishAlert(
  { services, tx }: HubWork,
  kind: 'alert.opened' | 'alert.closed' | 'alert.acknowledged',
  { merchantId, integrationId }: AlertScope,
  data: { alertId: string; alertKind: string },
): Promise<void> {
  const about = { entityType: 'INTEGRATION', entityId: integrationId ?? 'hub', integrationId } as const;
  await services.feed.publish(tx, [{ kind, merchantId: merchantId ?? '', ...about, data }]);
}
