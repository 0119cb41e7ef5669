import { v7 } from 'uuid';
import { takeRandom } from './random-bytes.js';

/** Prefix of each noun's public id; `node(id:)` finds the noun by it. Sync events have plain decimal ids. */
export const ID_PREFIX = {
  Order: 'ord',
  Invoice: 'inv',
  Customer: 'cus',
  Transaction: 'txn',
  BillingSubscription: 'sub',
  Product: 'prd',
  InventoryLevel: 'lvl',
  Payout: 'pay',
  Reconciliation: 'rec',
  ReconciliationDifference: 'dif',
  FullSync: 'fsy',
  WebhookEvent: 'whe',
  Mapping: 'map',
  MappingVersion: 'mpv',
  Alert: 'alt',
  Notification: 'ntf',
  ApiKey: 'key',
  Pull: 'pul',
  PullSample: 'pls',
  Brand: 'brd',
  ImportFile: 'fil',
} as const;
export type NounWithId = keyof typeof ID_PREFIX;

let [lastMs, sequence] = [0, 0];

/** A new id, sortable by time: `ord_0199…` (prefix, underscore, 32 hex digits). Those of one process sort as they were made. */
export function newId(noun: NounWithId): string {
  const random = takeRandom(16);
  const now = Date.now();
  [lastMs, sequence] = now > lastMs ? [now, random.readUInt32BE(6) >>> 1] : [lastMs, sequence + 1];
  return `${ID_PREFIX[noun]}_${v7({ random, msecs: lastMs, seq: sequence }).replaceAll('-', '')}`;
}
