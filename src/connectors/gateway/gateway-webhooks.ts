import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { HubError } from '../../errors.js';
import { isSameSecret } from '../../model/is-same-secret.js';
import { readInstant } from '../../model/read-instant.js';
import { type EntityStatus, EntityType, statusesOf } from '../../model/statuses.js';
import type { InboundEvent, WebhookHeaders, WebhookReceiver } from '../connector.js';
import { decimalText } from '../text/exact-json.js';
import { readWebhookBody } from '../webhook-body.js';
import { orderOf } from './gateway-orders.js';
import { toldIn } from './gateway-told.js';

/** A request with this header is signed by the gateway's scheme, whatever its connector's own is. */
export const GATEWAY_SIGNATURE = 'x-webhook-signature';
const TOLERANCE_MS = 5 * 60 * 1000;

/** Of any connector: the field that signs webhooks, where it is set; else the one that signs both ways. */
const Secret = z.object({ webhookSecret: z.string().min(1).optional(), apiSecret: z.string().min(1).optional() });

const Id = z
  .union([z.string().min(1).max(255), z.int()], { error: 'must be text of 1 to 255 characters' })
  .transform(String);

const Text = z.string().min(1).max(1000).nullish();
const Count = z.int('must be a whole number').min(-2_147_483_648).max(2_147_483_647).nullish();
const Price = z.union([z.string(), z.number()], { error: 'must be a decimal' }).transform((value, context) => {
  const decimal = decimalText(value);
  if (decimal === null) context.addIssue({ code: 'custom', message: 'must be a decimal such as 29.99' });
  return decimal;
});

/** The body of the gateway's own webhooks. */
export const GatewayBody = z.object({
  eventType: z.string().min(1).max(100),
  timestamp: z.iso.datetime({ offset: true }).nullish(),
  data: z.object({
    id: Id.nullish(),
    number: Id.nullish(),
    entityId: Id.nullish(),
    orderId: Id.nullish(),
    orderNumber: Id.nullish(),
    productId: Id.nullish(),
    sku: Id.nullish(),
    name: Text,
    brand: Text,
    barcode: Text,
    price: Price.nullish(),
    currency: Text,
    location: z.string().max(1000).nullish(),
    stock: Count,
    quantity: Count,
    onHand: Count,
    reserved: Count,
    available: Count,
    thc: Text,
    batchNumber: Text,
    coaLink: Text,
    status: z.string().min(1).max(100).nullish(),
    trackingNumbers: z.array(z.string().max(255)).max(1000).nullish(),
  }),
});

/**
 * The gateway's scheme, which every integration takes beside its connector's own: `X-Webhook-Signature: sha256=` hex HMAC-SHA256 of the body,
 * `X-Webhook-Timestamp` within five minutes, `X-Webhook-Id` or else the body's hash with the timestamp as identity. The body is the gateway's, which
 * has an `eventType`, or else that of the connector (`own`).
 */
export function gatewayWebhooks(own: WebhookReceiver<unknown, unknown> | undefined): WebhookReceiver<unknown, unknown> {
  return {
    verify(request, credentials) {
      const { webhookSecret, apiSecret } = Secret.parse(credentials ?? {});
      const secret = webhookSecret ?? apiSecret;
      // The sender chooses the scheme: without a secret of this one the connector's own check still decides.
      if (secret === undefined) own?.verify(request, credentials);
      else verify(request, secret);
    },
    parse(request, settings) {
      const eventId = identify(request.headers, request.rawBody);
      const { payload } = readWebhookBody(request.rawBody, z.unknown());
      if (own && !isGatewayBody(payload)) return { ...own.parse(request, settings), eventId };
      return { ...parseGatewayBody(request, settings), eventId };
    },
  };
}

function verify({ headers, rawBody, now }: Received & { now: Date }, secret: string): void {
  checkSignature(headers[GATEWAY_SIGNATURE], rawBody, secret);
  checkTimestamp(headers['x-webhook-timestamp'], now);
}

interface Received {
  headers: WebhookHeaders;
  rawBody: Buffer;
  receivedAt?: Date;
}

const isGatewayBody = (payload: unknown) => typeof payload === 'object' && payload !== null && 'eventType' in payload;

function parseGatewayBody(
  { headers, rawBody, receivedAt }: Received,
  settings: unknown,
): Omit<InboundEvent, 'eventId'> {
  const { value, payload } = readWebhookBody(rawBody, GatewayBody);
  const event = toEvent(value);
  const order = event.entityType === 'ORDER' ? orderOf((payload as { data: unknown }).data, settings) : null;
  const told = toldIn(event.entityType, payload);
  return { ...event, ...told, ...(order && { order }), occurredAt: occurredAt(value, headers, receivedAt), payload };
}

function checkSignature(header: string | undefined, rawBody: Buffer, secret: string): void {
  const given = /^sha256=([0-9a-f]{64})$/i.exec(header?.trim() ?? '')?.[1];
  if (!given) throw new HubError('SIGNATURE_INVALID', 'X-Webhook-Signature must be "sha256=" and 64 hex digits.');
  if (!isSameSecret(given.toLowerCase(), createHmac('sha256', secret).update(rawBody).digest('hex')))
    throw new HubError('SIGNATURE_INVALID', 'X-Webhook-Signature is not the HMAC-SHA256 of these bytes by the secret.');
}

function checkTimestamp(header: string | undefined, now: Date): void {
  const at = readTimestamp(header);
  if (at === null || Math.abs(now.getTime() - at) > TOLERANCE_MS)
    throw new HubError(
      'TIMESTAMP_STALE',
      'X-Webhook-Timestamp must be a time within 5 minutes of now: check the clock.',
    );
}

/** ISO 8601, of UTC where it names no zone, or Unix seconds. */
function readTimestamp(header: string | undefined): number | null {
  const text = header?.trim() ?? '';
  const at = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : Date.parse(readInstant(text) ?? '');
  return Number.isNaN(at) ? null : at;
}

function identify(headers: WebhookHeaders, rawBody: Buffer): string {
  const given = headers['x-webhook-id']?.trim();
  if (given) return given;
  return createHash('sha256')
    .update(headers['x-webhook-timestamp'] ?? '')
    .update('.')
    .update(rawBody)
    .digest('hex');
}

/** The body's time, else the header's, which signed webhooks have, else that of receipt. */
function occurredAt(
  { timestamp }: z.infer<typeof GatewayBody>,
  headers: WebhookHeaders,
  receivedAt = new Date(),
): string {
  const at = timestamp ? Date.parse(timestamp) : readTimestamp(headers['x-webhook-timestamp']);
  return new Date(at ?? receivedAt).toISOString();
}

type Told = Omit<InboundEvent, 'eventId' | 'occurredAt' | 'payload'>;

function toEvent({ eventType, data }: z.infer<typeof GatewayBody>): Told {
  const entityType = entityTypeOf(eventType);
  if (entityType === null) return { eventType, ...OF_NO_ENTITY };
  const statuses = statusesOf(entityType);
  const status = data.status?.toUpperCase() ?? null;
  const isGoods = entityType === 'PRODUCT' || entityType === 'INVENTORY';
  return {
    eventType,
    entityType,
    reference: {
      externalId: data.id ?? data.orderId ?? data.productId ?? data.sku ?? null,
      entityId: data.entityId ?? null,
      number: data.number ?? data.orderNumber ?? null,
    },
    sourceStatus: isGoods ? null : (data.status ?? null),
    status: status && Object.hasOwn(statuses, status) ? (status as EntityStatus) : null,
    ...(data.trackingNumbers && { trackingNumbers: data.trackingNumbers }),
    ...(isGoods && goodsOf(data)),
  };
}

/** `stock` and `quantity` are what is there; whatever is left out follows from the rest. */
function goodsOf(data: z.infer<typeof GatewayBody>['data']): Partial<InboundEvent> {
  const { sku, name, brand, barcode, price, currency, thc, batchNumber, coaLink, location, reserved, available } = data;
  const onHand = data.onHand ?? data.stock ?? data.quantity;
  const ofProduct = { sku, name, brand, barcode, price, currency, thc, batchNumber, coaLink };
  const told = { ...ofProduct, location, onHand, reserved, available };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value != null));
}

/** For example a test of the way here: kept, and nothing is made of it. */
const OF_NO_ENTITY: Omit<Told, 'eventType'> = {
  entityType: 'INTEGRATION',
  reference: { externalId: null, entityId: null, number: null },
  sourceStatus: null,
  status: null,
  unused: true,
};

const OTHER_WORDS: Readonly<Record<string, EntityType>> = {
  PRICE: 'PRODUCT',
  STOCK: 'INVENTORY',
  SUBSCRIPTION: 'BILLING_SUBSCRIPTION',
};

function entityTypeOf(eventType: string): EntityType | null {
  const word = eventType.split('.')[0]?.toUpperCase() ?? '';
  return Object.hasOwn(EntityType, word) && word !== 'INTEGRATION' ? (word as EntityType) : (OTHER_WORDS[word] ?? null);
}
