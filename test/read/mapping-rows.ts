import { MappingStatus } from '../../src/model/statuses.js';
import type { Random } from './random.js';
import { DOCUMENTS, id, orNull, type Row, TEXTS, time } from './row-values.js';

const KINDS = ['ORDER', 'INVOICE', 'PRODUCT'];

/** Six: three kinds of two integrations. */
export function makeMapping(n: number, random: Random): Row {
  return {
    id: id('map', n),
    merchant_id: n < 3 ? 'm1' : 'm2',
    integration_id: n < 3 ? 'b2b-portal' : 'int-3',
    entity_type: KINDS[n % 3],
    direction: random.pick(['INBOUND', 'OUTBOUND']),
    published_version: orNull(random, 1),
    created_at: time(random),
    updated_at: time(random),
  };
}

/** Two of each mapping. */
export function makeMappingVersion(n: number, random: Random): Row {
  return {
    id: id('mpv', n),
    merchant_id: n % 6 < 3 ? 'm1' : 'm2',
    mapping_id: id('map', n % 6),
    version: 1 + Math.floor(n / 6),
    status: n < 6 ? random.pick(Object.values(MappingStatus)) : 'DRAFT',
    rules: random.pick(DOCUMENTS.slice(1)),
    note: orNull(random, random.pick(TEXTS)),
    created_by: 'someone',
    created_at: time(random),
    published_by: orNull(random, 'someone'),
    published_at: orNull(random, time(random)),
  };
}
