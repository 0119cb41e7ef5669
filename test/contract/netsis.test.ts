import { netsis } from '../../src/connectors/netsis/index.js';
import { orderSnapshot } from '../connectors/sample-snapshots.js';
import { describeConnector } from './connector-suite.js';

const credentials = { username: 'netsis-user', password: 'netsis-pass+word/77b1', dbPassword: 'db-pass-3f9a' };

describeConnector({
  connector: netsis,
  credentials: credentials,
  simulatorKeys: { apiKey: credentials.username, apiSecret: credentials.password },
  settings: (url) => ({ baseUrl: url, database: 'TEST2026', currencyNumbers: { EUR: 2 } }),
  secrets: [credentials.password, credentials.dbPassword, encodeURIComponent(credentials.password)],
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
  faultAt: { method: 'POST', path: '/api/v2/ItemSlips' },
  readAt: { method: 'GET', path: '/api/v2/ItemSlips' },
  // A new token, and the write again.
  callsToSignInAgain: 2,
});
