import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations.js';
import { recordBillingSubscription } from '../record-billing-subscription.js';
import { recordTransaction } from '../record-transaction.js';
import { saveCustomer } from '../save-customer.js';
import type { Services } from '../services.js';
import type { Difference } from './difference.js';

const text = z.string().nullish();
const Told = z.object({
  reference: text,
  name: text,
  email: text,
  phone: text,
  plan: text,
  amount: text,
  currency: text,
  customer_id: text,
  occurred_at: text,
  started_at: text,
});

const CUSTOMER = `select entity_id from links where integration_id = $1 and entity_type = 'CUSTOMER' and external_id = $2`;

/** Makes what only the system has; it is linked before anything is sent, so that it is not made there again. */
export async function takeHere(
  services: Services,
  caller: Caller,
  integration: OpenIntegration,
  { entity_type: entityType, external_id: externalId, details }: Difference,
): Promise<void> {
  const told = Told.parse(JSON.parse(details ?? '{}'));
  const { merchantId, id: integrationId } = integration;
  const origin = { integrationId, externalId: externalId ?? '' };
  if (entityType === 'CUSTOMER') {
    await services.db.transaction((tx) => saveCustomer(services, tx, merchantId, told, origin));
    return;
  }
  const event = await integration.connection.readStatus?.(entityType, origin.externalId);
  if (!event) throw new HubError('INVALID_STATE', `${integration.connector.title} no longer has it.`);
  const common = {
    merchantId,
    reference: told.reference ?? origin.externalId,
    amount: told.amount ?? '',
    currency: told.currency ?? '',
    customerId: await customerOf(services, integrationId, told.customer_id),
  };
  if (entityType === 'TRANSACTION') {
    const status = event.status as never;
    await recordTransaction(services, caller, { ...common, status, occurredAt: told.occurred_at }, origin);
  } else if (entityType === 'BILLING_SUBSCRIPTION') {
    const fields = { plan: told.plan ?? '', status: event.status as never, startedAt: told.started_at };
    await recordBillingSubscription(services, caller, { ...common, ...fields }, origin);
  } else {
    const kind = entityType.toLowerCase();
    throw new HubError('UNSUPPORTED', `An ${kind} is made in the hub: create it, then reconcile again.`);
  }
}

async function customerOf(services: Services, integrationId: string, externalId: string | null | undefined) {
  if (externalId == null) return null;
  const { rows } = await services.db.pool.query<{ entity_id: string }>(CUSTOMER, [integrationId, externalId]);
  return rows[0]?.entity_id ?? null;
}
