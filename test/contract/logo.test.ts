import { logo } from '../../src/connectors/logo/index.js';
import { orderSnapshot } from '../connectors/sample-snapshots.js';
import { describeConnector } from './connector-suite.js';

const credentials = {
  ...{ clientId: 'hub', clientSecret: 'client-secret-5c2e' },
  ...{ username: 'logo-user', password: 'logo-pass+word/77b1' },
};

describeConnector({
  connector: logo,
  credentials,
  simulatorKeys: { apiKey: credentials.username, apiSecret: credentials.password },
  settings: (url) => ({ baseUrl: url, firmNumber: 1 }),
  secrets: [credentials.password, credentials.clientSecret, encodeURIComponent(credentials.password)],
  entities: [
    {
      entityType: 'ORDER',
      collection: 'orders',
      snapshot: orderSnapshot(),
      changed: orderSnapshot({ status: 'CONFIRMED' }),
    },
  ],
  // The order and the account are looked for, the account is made, the order is written.
  callsPerDelivery: 4,
  faultAt: { method: 'POST', path: '/api/v1/salesOrders' },
  readAt: { method: 'POST', path: '/api/v1/queries/unsafe' },
  // A new token, and the write again.
  callsToSignInAgain: 2,
});
