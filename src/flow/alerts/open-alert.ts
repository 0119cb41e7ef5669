import type { Tx } from '../../db/database.js';
import { newId } from '../../model/ids.js';
import { notify } from '../../notify/notify.js';
import type { Services } from '../services.js';
import { explain, namesFailure, type Subject } from './explain.js';
import type { AlertRule } from './rule.js';

/** Whose alert it is; null and null: the hub's own. */
export interface AlertScope {
  merchantId: string | null;
  integrationId: string | null;
}

const OPEN = `insert into alerts
  (id, merchant_id, integration_id, kind, severity, message, advice, rule_id, measured, threshold, remedy, link)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing returning 1`;

const CLOSE = `update alerts set closed_at = now()
where kind = $1 and integration_id is not distinct from $2 and closed_at is null
returning id, message, to_char(opened_at at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"') as "openedAt",
  coalesce((select name from integrations where id = alerts.integration_id), 'Syncline') as name`;

const LAST_FAILURE = `select concat_ws(': ', error_code, error_message) as reason from sync_events
where integration_id = $1 and status = 'FAILED' order by id desc limit 1`;

type Publisher = Pick<Services, 'feed'>;

/** Opens an alert and tells of it, unless one of this kind is open there. */
export async function openAlert(
  services: Publisher,
  tx: Tx,
  rule: AlertRule,
  scope: AlertScope,
  subject: Subject,
  value: number,
): Promise<void> {
  const id = newId('Alert');
  const { message, advice, remedy, link } = explain(rule, await withFailure(tx, rule, subject), value);
  const values = [rule.kind, rule.severity, message, advice, rule.id, value, rule.threshold, remedy, link];
  const opened = await tx.sql(OPEN, [id, scope.merchantId, scope.integrationId, ...values]);
  if (opened.length === 0) return;
  await publishAlert(services, tx, 'alert.opened', scope, { alertId: id, alertKind: rule.kind });
  if (!rule.notify) return;
  const text = `${message}\n\n${advice}\n\n${remedy}\n\n${link}`;
  const subjectLine = `${rule.severity}: ${rule.kind} ${subject?.name ?? 'Syncline'}`;
  await notify(tx, { kind: 'alert.opened', ...scope, dedupKey: `alert.opened:${id}`, subject: subjectLine, text });
}

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

/** Closes the open alert of this kind and tells of it, if there is one. */
export async function closeAlert(
  services: Publisher,
  tx: Tx,
  rule: Pick<AlertRule, 'kind' | 'notify'>,
  scope: AlertScope,
): Promise<void> {
  const [closed] = await tx.sql<Closed>(CLOSE, [rule.kind, scope.integrationId]);
  if (!closed) return;
  await publishAlert(services, tx, 'alert.closed', scope, { alertId: closed.id, alertKind: rule.kind });
  if (!rule.notify) return;
  const dedupKey = `alert.closed:${closed.id}`;
  const text = `This is no longer so; it was from ${closed.openedAt} on:\n\n${closed.message}`;
  await notify(tx, { kind: 'alert.closed', ...scope, dedupKey, subject: `Over: ${rule.kind} ${closed.name}`, text });
}

/** Changes of the hub's own alerts have no merchant: only callers of all merchants see them. */
export async function publishAlert(
  { feed }: Publisher,
  tx: Tx,
  kind: 'alert.opened' | 'alert.closed' | 'alert.acknowledged',
  { merchantId, integrationId }: AlertScope,
  data: { alertId: string; alertKind: string },
): Promise<void> {
  const about = { entityType: 'INTEGRATION', entityId: integrationId ?? 'hub', integrationId } as const;
  await feed.publish(tx, [{ kind, merchantId: merchantId ?? '', ...about, data }]);
}
