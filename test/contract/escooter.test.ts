import { escooter } from '../../src/connectors/escooter/index.js';
import { orderSnapshot } from '../connectors/sample-snapshots.js';
import { describeConnector } from './connector-suite.js';

const credentials = { apiKey: 'erp-key-3f9a77', apiSecret: 'erp-hmac-secret-77b1' };

describeConnector({
  connector: escooter,
  credentials,
  settings: (url) => ({ baseUrl: url }),
  secrets: Object.values(credentials),
  entities: [
    {
      entityType: 'ORDER',
      collection: 'orders',
      snapshot: orderSnapshot({ totals: { ...orderSnapshot().totals, grandTotal: '24.04' } }),
      changed: orderSnapshot({ deliveryMethod: 'pickup' }),
    },
  ],
  callsPerDelivery: 1,
  final: [408, 425],
  writesOnly: true,
  webhooks: { status: 'shipped', means: 'SHIPPED', identity: 'body' },
});
