import { isDeepStrictEqual } from 'node:util';
import type { InboundEvent } from '../../connectors/connector.js';
import { TOLD_FIELDS } from '../../connectors/told-fields.js';
import { sqlOn } from '../../db/database.js';
import { isSameAmount } from '../../model/money.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { readSnapshots } from './read-snapshots.js';

/** What it says of an order's contents or an invoice's fields, by their path; empty: nothing. Payments: `take-news.ts`. */
export function saidOf(event: InboundEvent): [string, unknown][] {
  if (event.entityType === 'ORDER') return Object.entries(event.contents ?? {});
  if (event.entityType !== 'INVOICE') return [];
  const fields = TOLD_FIELDS.INVOICE.filter((field) => field !== 'paidAt' && field !== 'paidAmount');
  return fields.flatMap((field) => (event[field] == null ? [] : [[field, event[field]] as [string, unknown]]));
}

const IS_PAID_OUT = 'select 1 from payouts where order_id = $1 limit 1';

/**
 * What of it differs from what the hub has, as one JSON value; null: nothing. It is the same as long as both sides are: also as long as
 * the entity has not changed otherwise, unless all of it are totals that stay since they are paid out.
 */
export async function findToldOtherwise(
  { db }: Pick<Services, 'db'>,
  integration: OpenIntegration,
  entityId: string,
  event: InboundEvent,
): Promise<unknown[] | null> {
  const said = saidOf(event);
  const { entityType } = event;
  if (said.length === 0 || (entityType !== 'ORDER' && entityType !== 'INVOICE')) return null;
  const known = (await readSnapshots(sqlOn(db.pool), entityType, [entityId], integration.id)).get(entityId);
  const differs = known === undefined ? [] : said.filter(([path, value]) => !isSame(at(known, path), value));
  if (known === undefined || differs.length === 0) return null;
  const areTotals = entityType === 'ORDER' && differs.every(([path]) => path.startsWith('totals.'));
  const stays = areTotals && (await db.pool.query(IS_PAID_OUT, [entityId])).rows.length > 0;
  return [differs.map(([path, value]) => [path, value, at(known, path)]), stays ? null : at(known, 'updatedAt')];
}

/** The path's first step, and whatever comes behind it: names of metadata may have points. */
export function at(known: object, path: string): unknown {
  const [first = '', ...rest] = path.split('.');
  const part = (known as Record<string, unknown>)[first];
  return rest.length === 0 ? part : (part as Record<string, unknown> | null | undefined)?.[rest.join('.')];
}

function isSame(known: unknown, told: unknown): boolean {
  if (typeof known !== 'string' || typeof told !== 'string') return isDeepStrictEqual(known, told);
  if (known === told) return true;
  if (isDecimal(known) && isDecimal(told)) return isSameAmount(known, told);
  return isTime(known) && isTime(told) && Date.parse(known) === Date.parse(told);
}

const isDecimal = (text: string) => /^\d{1,20}(\.\d{1,10})?$/.test(text);
const isTime = (text: string) => /^\d{4}-\d\d-\d\dT/.test(text);
