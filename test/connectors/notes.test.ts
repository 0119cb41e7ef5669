import { expect, it } from '@jest/globals';
import { orderToLogo } from '../../src/connectors/logo/mapping.js';
import { LogoSettings } from '../../src/connectors/logo/settings.js';
import { orderToNetsis } from '../../src/connectors/netsis/mapping.js';
import { NetsisSettings } from '../../src/connectors/netsis/settings.js';
import { orderSnapshot } from './sample-snapshots.js';

const LONG = 'Ş'.repeat(120);
const logo = LogoSettings.parse({ baseUrl: 'http://127.0.0.1:1', firmNumber: 1 });
const netsis = NetsisSettings.parse({ baseUrl: 'http://127.0.0.1:1', database: 'DEMO' });
const netsisHead = (notes: string | null) =>
  orderToNetsis(orderSnapshot({ notes, currency: 'TRY' }), { number: '1', customerCode: 'C' }, netsis)['FatUst'];

it('G7 writes an order’s notes into Logo’s lines for notes, and empties them', () => {
  const sent = orderToLogo(orderSnapshot({ notes: LONG, currency: 'TRY' }), 'C', logo);
  const none = orderToLogo(orderSnapshot({ notes: null, currency: 'TRY' }), 'C', logo);

  expect(sent).toMatchObject({ NOTES4: 'Ş'.repeat(50), NOTES5: 'Ş'.repeat(50), NOTES6: 'Ş'.repeat(20) });
  expect(none).toMatchObject({ NOTES4: '', NOTES5: '', NOTES6: '' });
});

it('G8 writes an order’s notes into Netsis’s further explanations, and empties them', () => {
  expect(netsisHead(LONG)).toMatchObject({ EKACK7: 'Ş'.repeat(100), EKACK8: 'Ş'.repeat(20) });
  expect(netsisHead(null)).toMatchObject({ EKACK7: '' });
});
