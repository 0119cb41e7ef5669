import { extensiv } from '../../src/connectors/extensiv/index.js';
import { orderSnapshot } from '../connectors/sample-snapshots.js';
import { describeConnector } from './connector-suite.js';

const credentials = { clientId: 'client-3f9a', clientSecret: 'client-secret-77b1' };

describeConnector({
  connector: extensiv,
  credentials,
  simulatorKeys: { apiKey: credentials.clientId, apiSecret: credentials.clientSecret },
  settings: (url) => ({ baseUrl: url, readRetryBaseMs: 1 }),
  secrets: [credentials.clientSecret],
  entities: [
    {
      entityType: 'ORDER',
      collection: 'orders',
      snapshot: orderSnapshot({ status: 'PAID' }),
      changed: orderSnapshot({ status: 'CANCELLED' }),
    },
  ],
  callsPerDelivery: 1,
  // A new token, and the write again.
  callsToSignInAgain: 2,
});
