/** Actions that are audited when they begin; what comes of them is told by later entries and by sync events. */
export const BEGINNINGS: readonly string[] = [
  ...['order.sync', 'invoice.sync', 'customer.sync', 'transaction.sync', 'billing_subscription.sync'],
  ...['sync.start', 'full_sync.start', 'reconciliation.start', 'sync_event.retry', 'sync_event.redrive', 'job.run'],
];
