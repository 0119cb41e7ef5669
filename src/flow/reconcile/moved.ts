import { HubError } from '../../errors.js';
import type { Services } from '../services.js';
import { readHere } from './compare-sql.js';
import type { Difference } from './difference.js';

/** The difference is no longer as it was found. */
export const moved = (why: string) =>
  new HubError('INVALID_STATE', `${why} Reconcile again to see how it is now.`, { path: ['id'] });

/** @throws HubError INVALID_STATE when the hub's value of the field is no longer what was found */
export async function checkHere(services: Services, one: Difference, entityId: string): Promise<void> {
  const { rows } = await services.db.pool.query<{ fields: string }>(readHere(one.entity_type), [entityId]);
  const fields = JSON.parse(rows[0]?.fields ?? '{}') as Record<string, string | null>;
  const now = fields[one.field ?? ''] ?? null;
  if (now !== one.here_value) throw moved(`${one.field} is ${now} in the hub by now.`);
}
