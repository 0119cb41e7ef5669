import { z } from 'zod';
import { HubError } from '../../errors.js';
import type { EntityType } from '../../model/statuses.js';

/** What a target field begins with, and whose mapping the rule then belongs to. */
export const COLLECTIONS: Readonly<Record<string, EntityType>> = {
  products: 'PRODUCT',
  inventory: 'INVENTORY',
  orders: 'ORDER',
  invoices: 'INVOICE',
  customers: 'CUSTOMER',
  transactions: 'TRANSACTION',
  subscriptions: 'BILLING_SUBSCRIPTION',
};
const KNOWN = Object.keys(COLLECTIONS).join(', ');

/** A rule as the gateway's clients write it. */
export const gatewayRuleSchema = z.object({
  sourceField: z.string(),
  targetField: z.string().meta({ description: `Begins with its collection: ${KNOWN}.` }),
  transformation: z.string().nullish().meta({ description: '`parseFloat`, `parseInt`, … or JSONata.' }),
  required: z.boolean().nullish(),
  defaultValue: z.unknown().optional(),
});
export type GatewayRule = z.output<typeof gatewayRuleSchema>;

const DIRECTIONS = { inbound: 'INBOUND', outbound: 'OUTBOUND' } as const;

/** What one record tells of together, where one list names both. */
const OF_ONE_RECORD: readonly EntityType[] = ['PRODUCT', 'INVENTORY'];

/**
 * One input for each collection that the rules write to. Outbound targets are the system's own: the collection is cut off.
 * A list that names products and stock describes records that tell of both, so it becomes the mapping of each.
 */
export function ruleSetsOf(direction: 'inbound' | 'outbound', mappings: readonly GatewayRule[]) {
  const rules = mappings.map((rule, place) => ({ rule, place, entityType: entityTypeOf(rule, place) }));
  const kinds = [...new Set(rules.map(({ entityType }) => entityType))];
  const isShared = direction === 'inbound' && OF_ONE_RECORD.every((kind) => kinds.includes(kind));
  const belongs = (of: EntityType, kind: EntityType) =>
    of === kind || (isShared && OF_ONE_RECORD.includes(of) && OF_ONE_RECORD.includes(kind));
  return kinds.map((entityType) => {
    const own = rules.filter((one) => belongs(one.entityType, entityType));
    return {
      entityType,
      direction: DIRECTIONS[direction],
      places: own.map(({ place }) => place),
      rules: own.map(({ rule: { sourceField, targetField, ...rest } }) => ({
        ...rest,
        source: sourceField,
        target: direction === 'outbound' ? targetField.replace(/^\w+\./, '') : targetField,
      })),
    };
  });
}

function entityTypeOf({ targetField }: GatewayRule, index: number): EntityType {
  const collection = targetField.split('.')[0] ?? '';
  const entityType = Object.hasOwn(COLLECTIONS, collection) ? COLLECTIONS[collection] : undefined;
  if (entityType) return entityType;
  const message = `mappings.${index}.targetField must begin with one of ${KNOWN}, as in "products.sku".`;
  throw new HubError('BAD_USER_INPUT', message, { path: ['mappings', String(index), 'targetField'] });
}

const PARTS: Readonly<Record<string, string>> = { source: 'sourceField', target: 'targetField' };

/** An error about a rule set of {@link ruleSetsOf} with the path that its rule has in the request. */
export function inOwnWords(error: HubError, inputs: { places: number[] }[]): HubError {
  const [, set, , rule, part = ''] = error.inputPath ?? [];
  const place = inputs[Number(set)]?.places[Number(rule)];
  if (place === undefined) return error;
  const path = ['mappings', String(place), PARTS[part] ?? part];
  const message = error.message.replace(/^[\w.]+(?=: )/, path.join('.'));
  return new HubError(error.code, message, { path });
}
