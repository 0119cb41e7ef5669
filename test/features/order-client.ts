import type { HubClient } from '../../demo/hub-client.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT } from '../harness/hub.js';

export interface UserError {
  code: string;
  message: string;
  path: string[] | null;
  retryable: boolean;
}

/** A mutation's payload: the id of its noun, and its user errors. */
export interface Outcome {
  id: string | null;
  userErrors: UserError[];
}

const ERRORS = 'userErrors { code message path retryable }';

/** Runs a mutation of one `input` and answers the id of the noun it made. */
export async function mutate(
  client: HubClient,
  name: string,
  type: string,
  noun: string,
  input: object,
): Promise<Outcome> {
  const document = `mutation Run($input: ${type}!) { payload: ${name}(input: $input) { noun: ${noun} { id } ${ERRORS} } }`;
  const { payload } = await client.ask<{ payload: { noun: { id: string } | null; userErrors: UserError[] } }>(
    document,
    {
      input,
    },
  );
  return { id: payload.noun?.id ?? null, userErrors: payload.userErrors };
}

let made = 0;

/** An order of one line that no other test has. */
export function orderInput(more: object = {}): { number: string } {
  made += 1;
  return {
    number: `ORD-${made}`,
    ...{ merchantId: MERCHANT, currency: 'EUR', lines: [{ sku: 'MUG', quantity: 2, unitPrice: '99.99' }] },
    ...more,
  };
}

export const createOrder = (client: HubClient, input: object) =>
  mutate(client, 'createOrder', 'CreateOrderInput', 'order', input);
export const createInvoice = (client: HubClient, input: object) =>
  mutate(client, 'createInvoice', 'CreateInvoiceInput', 'invoice', input);
export const syncOrder = (client: HubClient, input: object) =>
  mutate(client, 'syncOrder', 'SyncEntityInput', 'syncEvent', input);
export const moveOrder = (client: HubClient, input: object) =>
  mutate(client, 'updateOrderStatus', 'UpdateOrderStatusInput', 'order', input);

/** The id of a mutation that went well. */
export async function idOf(outcome: Promise<Outcome>): Promise<string> {
  const { id, userErrors } = await outcome;
  if (id === null) throw new Error(`Refused: ${JSON.stringify(userErrors)}`);
  return id;
}

export interface ShownEvent {
  id: string;
  operation: string;
  direction: string;
  status: string;
  retryCount: number;
  errorCode: string | null;
  errorMessage: string | null;
  externalId: string | null;
  idempotencyKey: string;
  processedAt: string | null;
}

export interface Shown {
  status: string;
  links: { state: string; externalId: string | null; syncedAt: string | null; lastError: string | null }[];
  syncEvents: { nodes: ShownEvent[] };
}

const FIELDS = `status links { state externalId syncedAt lastError } syncEvents(first: 20) { nodes {
  id operation direction status retryCount errorCode errorMessage externalId idempotencyKey processedAt } }`;

/** An order or invoice with its links and, newest first, its sync events. */
export async function show(client: HubClient, noun: 'order' | 'invoice', id: string): Promise<Shown> {
  const { shown } = await client.ask<{ shown: Shown }>(`query ($id: ID!) { shown: ${noun}(id: $id) { ${FIELDS} } }`, {
    id,
  });
  return shown;
}

/** Waits until the entity's one link is in this state and nothing of it waits. */
export function settled(client: HubClient, noun: 'order' | 'invoice', id: string, state: string): Promise<Shown> {
  return eventually(
    () => show(client, noun, id),
    ({ links, syncEvents }) =>
      links[0]?.state === state && syncEvents.nodes.every(({ status }) => !/PENDING|PROGRESS|RETRYING/.test(status)),
  );
}

/** Where the feed ends now: what a subscription is given as `after`, so that it misses nothing of what follows. */
export async function cursorNow(client: HubClient): Promise<string> {
  return (await client.ask<{ changesCursor: string }>('{ changesCursor }')).changesCursor;
}
