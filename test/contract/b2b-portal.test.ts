import { b2bPortal } from '../../src/connectors/b2b-portal/index.js';
import { invoiceSnapshot, orderSnapshot } from '../connectors/sample-snapshots.js';
import { describeConnector } from './connector-suite.js';

const credentials = { apiKey: 'portal-key-3f9a', apiSecret: 'portal-secret-77b1' };

describeConnector({
  connector: b2bPortal,
  credentials,
  settings: (url) => ({ baseUrl: url, merchantId: 'm-1' }),
  secrets: Object.values(credentials),
  entities: [
    {
      entityType: 'ORDER',
      collection: 'orders',
      snapshot: orderSnapshot(),
      changed: orderSnapshot({ status: 'CONFIRMED' }),
    },
    {
      entityType: 'INVOICE',
      collection: 'invoices',
      snapshot: invoiceSnapshot(),
      changed: invoiceSnapshot({ status: 'SENT' }),
    },
  ],
  callsPerDelivery: 1,
});
