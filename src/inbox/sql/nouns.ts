/** The kinds of entity that webhooks are about: where they stand, and what they are known by beside their ids. */
export const INBOX_NOUNS = [
  { type: 'ORDER', table: 'orders', number: 'number', status: 'status' },
  { type: 'INVOICE', table: 'invoices', number: 'number', status: 'status' },
  { type: 'CUSTOMER', table: 'customers', number: 'reference', status: `''` },
  { type: 'PRODUCT', table: 'products', number: 'sku', status: `''` },
  { type: 'TRANSACTION', table: 'transactions', number: 'reference', status: 'status' },
  { type: 'BILLING_SUBSCRIPTION', table: 'billing_subscriptions', number: 'reference', status: 'status' },
] as const;

export type InboxNoun = (typeof INBOX_NOUNS)[number];

/** What a batch of events may be about: the nouns, and stock. */
export const INBOX_KINDS = [...INBOX_NOUNS.map(({ type }) => type), 'INVENTORY'] as const;
export type InboxKind = (typeof INBOX_KINDS)[number];
