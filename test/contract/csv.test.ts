import { csv } from '../../src/connectors/csv/index.js';
import { invoiceSnapshot, orderSnapshot } from '../connectors/sample-snapshots.js';
import { describeConnector } from './connector-suite.js';

describeConnector({
  connector: csv,
  reach: 'files',
  credentials: {},
  settings: () => ({ folder: 'demo' }),
  secrets: [],
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
  callsPerDelivery: 0,
});
