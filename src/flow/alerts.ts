import type { Tx } from '../db/database.js';
import { newId } from '../model/ids.js';
import type { Services } from './services.js';

/** Something that needs a person. */
export interface NewAlert {
  kind: string;
  severity: 'WARNING' | 'CRITICAL';
  merchantId: string;
  integrationId: string;
  message: string;
  /** What to do. */
  advice: string;
}

type AlertKey = Pick<NewAlert, 'kind' | 'merchantId' | 'integrationId'>;

/** Opens an alert and tells of it, unless one of this kind is open for the integration. */
export async function openAlert(services: Services, tx: Tx, alert: NewAlert): Promise<void> {
  const id = newId('Alert');
  const { kind, severity, merchantId, integrationId, message, advice } = alert;
  const opened = await tx.sql(
    `insert into alerts (id, merchant_id, integration_id, kind, severity, message, advice)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning 1`,
    [id, merchantId, integrationId, kind, severity, message, advice],
  );
  if (opened.length > 0) await tell(services, tx, 'alert.opened', id, alert);
}

/** Closes the open alert of this kind and tells of it, if there is one. */
export async function closeAlert(services: Services, tx: Tx, key: AlertKey): Promise<void> {
  const [closed] = await tx.sql<{ id: string }>(
    `update alerts set closed_at = now() where kind = $1 and integration_id = $2 and closed_at is null returning id`,
    [key.kind, key.integrationId],
  );
  if (closed) await tell(services, tx, 'alert.closed', closed.id, key);
}

async function tell(
  services: Services,
  tx: Tx,
  kind: 'alert.opened' | 'alert.closed',
  id: string,
  { merchantId, integrationId, kind: alertKind }: AlertKey,
): Promise<void> {
  const data = { alertId: id, alertKind };
  // An alert concerns no entity; the type only fills the field that every change has.
  await services.feed.publish(tx, [{ kind, merchantId, integrationId, entityType: 'INVENTORY', entityId: id, data }]);
}
