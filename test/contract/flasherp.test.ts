import { flashErp } from '../../src/connectors/flasherp/index.js';
import { invoiceSnapshot } from '../connectors/sample-snapshots.js';
import { describeConnector } from './connector-suite.js';

const credentials = { apiKey: 'fe-key-3f9a', apiSecret: 'fe-secret-77b1', webhookSecret: 'fe-secret-77b1' };

const transaction = {
  id: 'txn_1',
  reference: 'pi_1',
  type: 'PAYMENT',
  status: 'SUCCEEDED',
  amount: '19.90',
  currency: 'EUR',
  description: null,
  customerId: null,
  orderId: null,
  orderNumber: null,
  occurredAt: '2026-02-01T10:00:00Z',
} as const;

const subscription = {
  id: 'sub_1',
  reference: 'sub-1',
  plan: 'pro',
  status: 'ACTIVE',
  amount: '49.00',
  currency: 'EUR',
  interval: 'MONTH',
  customerId: null,
  startedAt: '2026-02-01T10:00:00Z',
  currentPeriodStart: null,
  currentPeriodEnd: null,
  cancelAtPeriodEnd: false,
  cancelledAt: null,
} as const;

const customer = { id: 'cus_1', reference: 'user-1', name: 'Ayşe', email: 'a@example.com', phone: null };

describeConnector({
  connector: flashErp,
  credentials,
  settings: (url) => ({ baseUrl: url }),
  secrets: Object.values(credentials),
  entities: [
    {
      entityType: 'TRANSACTION',
      collection: 'transactions',
      snapshot: transaction,
      changed: { ...transaction, status: 'REFUNDED' },
    },
    {
      entityType: 'BILLING_SUBSCRIPTION',
      collection: 'subscriptions',
      snapshot: subscription,
      changed: { ...subscription, status: 'CANCELLED', cancelledAt: '2026-02-10T10:00:00Z' },
    },
    {
      entityType: 'INVOICE',
      collection: 'invoices',
      snapshot: invoiceSnapshot(),
      changed: invoiceSnapshot({ status: 'SENT' }),
    },
    { entityType: 'CUSTOMER', collection: 'customers', snapshot: customer, changed: { ...customer, name: 'Fatma' } },
  ],
  callsPerDelivery: 1,
});
