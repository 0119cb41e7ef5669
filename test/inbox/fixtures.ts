import { randomUUID } from 'node:crypto';
import type { InboundEvent } from '../../src/connectors/connector.js';
import type { Database } from '../../src/db/database.js';
import type { ReceivedEvent } from '../../src/inbox/events.js';
import { newId } from '../../src/model/ids.js';

/** One merchant with the integrations `portal` and `warehouse`. */
export async function addShop(db: Pick<Database, 'pool'>): Promise<void> {
  await db.pool.query(`insert into merchants (id, name) values ('shop', 'Shop')`);
  await db.pool.query(
    `insert into integrations (id, merchant_id, name, connector) values ('portal', 'shop', 'Portal', 'b2b-portal'),
       ('warehouse', 'shop', 'Warehouse', 'extensiv')`,
  );
}

/** A PENDING order numbered `N-{id}`. */
export async function addOrder(db: Pick<Database, 'pool'>): Promise<string> {
  const id = newId('Order');
  await db.pool.query(
    `insert into orders (id, merchant_id, number, status, currency, subtotal, tax, shipping, discount, grand_total, placed_at)
     values ($1, 'shop', 'N-' || $1, 'PENDING', 'EUR', 10, 0, 0, 0, 10, now())`,
    [id],
  );
  return id;
}

/** An ISSUED invoice numbered `I-{id}`. */
export async function addInvoice(db: Pick<Database, 'pool'>): Promise<string> {
  const id = newId('Invoice');
  await db.pool.query(
    `insert into invoices (id, merchant_id, number, status, currency, subtotal, tax, total, issued_at)
     values ($1, 'shop', 'I-' || $1, 'ISSUED', 'EUR', 10, 0, 10, now())`,
    [id],
  );
  return id;
}

export async function addLink(
  db: Pick<Database, 'pool'>,
  entityId: string,
  externalId: string | null,
  entityType = 'ORDER',
  integrationId: string | null = null,
): Promise<void> {
  await db.pool.query(
    `insert into links (merchant_id, integration_id, entity_type, entity_id, external_id) values ('shop', coalesce($4, 'portal'), $1, $2, $3)`,
    [entityType, entityId, externalId, integrationId],
  );
}

type EventFields = Partial<InboundEvent> &
  Partial<InboundEvent['reference']> & {
    /** Of 2026-02-15T10. */
    minute?: number;
  };

export function event({ externalId, entityId, number, minute = 0, ...fields }: EventFields): InboundEvent {
  return {
    eventId: randomUUID(),
    eventType: 'order.status.updated',
    entityType: 'ORDER',
    reference: { externalId: externalId ?? null, entityId: entityId ?? null, number: number ?? null },
    occurredAt: `2026-02-15T10:${String(minute).padStart(2, '0')}:00Z`,
    sourceStatus: fields.status ?? null,
    status: null,
    payload: {},
    ...fields,
  };
}

export function received(inbound: InboundEvent, integrationId = 'portal'): ReceivedEvent {
  return {
    merchantId: 'shop',
    integrationId,
    event: inbound,
    rawBody: Buffer.from(JSON.stringify({ id: inbound.eventId })),
    headers: {},
    strictMapping: false,
  };
}
