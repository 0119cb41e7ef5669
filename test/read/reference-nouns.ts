const TABLE_OF_PREFIX: Readonly<Record<string, [string, string]>> = {
  ord: ['Order', 'orders'],
  inv: ['Invoice', 'invoices'],
  cus: ['Customer', 'customers'],
  txn: ['Transaction', 'transactions'],
  sub: ['BillingSubscription', 'billing_subscriptions'],
  prd: ['Product', 'products'],
  lvl: ['InventoryLevel', 'inventory_levels'],
  pay: ['Payout', 'payouts'],
  whe: ['WebhookEvent', 'webhook_events'],
  alt: ['Alert', 'alerts'],
  map: ['Mapping', 'mappings'],
  mpv: ['MappingVersion', 'mapping_versions'],
  pul: ['Pull', 'pulls'],
};

/** The type and the table of the noun that has this id. */
export function nounOf(id: string): [string, string] {
  if (/^\d+$/.test(id)) return ['SyncEvent', 'sync_events'];
  return TABLE_OF_PREFIX[id.split('_')[0] ?? ''] ?? ['Integration', 'integrations'];
}
