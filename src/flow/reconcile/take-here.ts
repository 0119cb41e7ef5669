import type { Caller } from '../../access/caller.js';
import type { WholeRecord } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import type { AddressSnapshot } from '../../model/snapshots.js';
import { saveCustomer } from '../customers/save-customer.js';
import { recordBillingSubscription } from '../finance/record-billing-subscription.js';
import { recordTransaction } from '../finance/record-transaction.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { recordInvoice } from '../invoices/record-invoice.js';
import { kindOf } from '../lock-entity.js';
import type { Services } from '../services.js';
import type { Origin } from '../sync/link-to.js';
import type { RecordDifference } from './difference.js';

const CUSTOMER = `select entity_id from links where integration_id = $1 and entity_type = 'CUSTOMER' and external_id = $2`;

interface Taking {
  services: Services;
  caller: Caller;
  integration: OpenIntegration;
}

/**
 * Makes what only the system has, as it has it now; it is linked before anything is sent, so that it is not made there again.
 * @throws HubError INVALID_STATE when the system no longer has it, UNSUPPORTED when nothing can be made of it, BAD_USER_INPUT
 */
export async function takeHere(
  services: Services,
  caller: Caller,
  integration: OpenIntegration,
  { entity_type: entityType, external_id: externalId }: RecordDifference,
): Promise<void> {
  const { connector, connection, id: integrationId, merchantId } = integration;
  const origin = { integrationId, externalId: externalId ?? '' };
  const found = await connection.readRecord?.(entityType, origin.externalId);
  if (!found) throw new HubError('INVALID_STATE', `${connector.title} no longer has it: reconcile again.`);
  const taking = { services, caller, integration };
  const told = await withCustomer(taking, found);
  if (entityType === 'CUSTOMER') await takeCustomer(taking, found, origin);
  else if (entityType === 'TRANSACTION') await recordTransaction(services, caller, told as never, origin);
  else if (entityType === 'BILLING_SUBSCRIPTION') {
    await recordBillingSubscription(services, caller, told as never, origin);
  } else if (entityType === 'INVOICE' && found.entity) {
    await recordInvoice(services, caller, merchantId, found.entity, origin);
  } else throw notMadeHere(connector.title, entityType, found);
}

function notMadeHere(title: string, entityType: RecordDifference['entity_type'], { number }: WholeRecord): HubError {
  const kind = kindOf(entityType);
  const message = `${title} keeps too little of an ${kind} to make it in the hub: create the ${kind} ${number ?? ''} there, then reconcile again.`;
  return new HubError('UNSUPPORTED', message);
}

/** The record as the hub's inputs have it; its customer is made first where the hub does not know it. */
async function withCustomer({ services, caller, integration }: Taking, { externalId, entity }: WholeRecord) {
  const { id: integrationId, merchantId, connection } = integration;
  const { customer, ...rest } = entity ?? {};
  const told = { ...rest, merchantId, reference: rest['reference'] ?? externalId };
  if (typeof customer !== 'string') return told;
  const { rows } = await services.db.pool.query<{ entity_id: string }>(CUSTOMER, [integrationId, customer]);
  if (rows[0]) return { ...told, customerId: rows[0].entity_id };
  const payer = await connection.readRecord?.('CUSTOMER', customer);
  if (!payer) return told;
  const origin = { integrationId, externalId: customer };
  return { ...told, customerId: await takeCustomer({ services, caller, integration }, payer, origin) };
}

function takeCustomer(
  { services, integration }: Taking,
  { fields, entity }: WholeRecord,
  origin: Origin,
): Promise<string> {
  const customer = { ...fields, address: (entity?.['address'] ?? null) as AddressSnapshot | null };
  return services.db.transaction((tx) => saveCustomer({ services, tx }, integration.merchantId, customer, origin));
}
