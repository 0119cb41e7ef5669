import { orderSnapshot } from '../../../test/connectors/sample-snapshots.js';
import { describeConnector } from '../../../test/contract/connector-suite.js';
import { newSystemConnector } from './index.js';

const credentials = { apiKey: 'new-system-key-3f9a', apiSecret: 'new-system-secret-77b1' };

describeConnector({
  connector: newSystemConnector,
  credentials,
  settings: (url) => ({ baseUrl: url }),
  secrets: Object.values(credentials),
  entities: [
    {
      entityType: 'ORDER',
      collection: 'orders',
      snapshot: orderSnapshot(),
      changed: orderSnapshot({ status: 'CONFIRMED' }),
    },
  ],
  callsPerDelivery: 1,
});
