import type { InboundEvent } from '../../connectors/connector.js';
import { metadataContents, ORDER_CONTENTS, type OrderContents } from '../../connectors/order-contents.js';
import type { InboundOrder } from '../../connectors/pull.js';

const WHOLE = 'order.';

/**
 * What the rules say of an order, for one that the hub has already: a part for each target that found a value. Number,
 * currency and lines are those of an order that is made.
 */
export function contentsOf({ order, contents }: InboundEvent, targets: ReadonlySet<string>): OrderContents | undefined {
  const written = order ? [...targets].flatMap((target) => partsAt(target, order)) : [];
  return written.length > 0 ? { ...contents, ...Object.fromEntries(written) } : contents;
}

function partsAt(target: string, order: InboundOrder): [string, unknown][] {
  const path = target.startsWith(WHOLE) ? target.slice(WHOLE.length) : '';
  if (path === 'metadata') return Object.entries(metadataContents(order.metadata) ?? {});
  if (!ORDER_CONTENTS.includes(path) && !path.startsWith('metadata.')) return [];
  const [first = '', second] = path.split('.');
  const part = (order as unknown as Record<string, unknown>)[first];
  const value = second === undefined ? part : (part as Record<string, unknown> | null | undefined)?.[second];
  return value == null ? [] : [[path, value]];
}
