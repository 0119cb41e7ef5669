import { EntityType } from '../model/statuses.js';
import type { NewAuditEntry } from './audit.js';

/** Longer than any id of ours, and short enough for an index. */
const MOST_CHARACTERS = 200;

/**
 * What a mutation that came to nothing was about: the ids that its caller named, whether or not they are of anything.
 * @param action noun and verb, as the audit log calls it
 * @param request its arguments
 */
export function namedIn(
  action: string,
  request: unknown,
): Pick<NewAuditEntry, 'entityType' | 'entityId' | 'integrationId'> {
  const [noun = ''] = action.split('.');
  const [own, integration] = [find(request, 'id'), find(request, 'integrationId')];
  const order = find(request, 'orderId');
  return {
    entityType: own === null && order !== null ? 'ORDER' : typeOf(own && noun),
    entityId: own ?? find(request, 'entityId') ?? order ?? find(request, 'mappingId'),
    integrationId: noun === 'integration' ? (own ?? integration) : integration,
  };
}

function typeOf(noun: string | null): EntityType | null {
  return Object.values(EntityType).find((type) => type === noun?.toUpperCase()) ?? null;
}

/** Among the arguments, then within them: `input` and `filter` have the others. */
function find(request: unknown, name: string): string | null {
  const levels = [fieldsOf(request), ...Object.values(fieldsOf(request)).map(fieldsOf)];
  const found = levels.map((fields) => fields[name]).find((value) => typeof value === 'string');
  return found === undefined ? null : String(found).slice(0, MOST_CHARACTERS);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
