import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { EntityType } from '../../model/statuses.js';
import { checkInput, label } from '../check-input.js';
import type { Services } from '../services.js';
import { repairDifference } from './repair.js';

/** Of one call; what remains is for the next. */
const MOST = 1_000;

const repairFilterSchema = z.object({
  reconciliationId: label(),
  kind: z.enum(['MISSING_HERE', 'MISSING_THERE', 'FIELD_DIFFERS']).nullish(),
  entityType: z.enum(EntityType).nullish(),
  field: label().nullish(),
});
export type RepairFilter = z.infer<typeof repairFilterSchema>;

// Customers first: what refers to them needs them. Then what is taken in: what goes out after it sends the whole record.
const OPEN = `select id from reconciliation_differences
where reconciliation_id = $1 and state in ('OPEN', 'FAILED') and ($2::text is null or merchant_id = $2) and ($3::text is null or kind = $3)
  and ($4::text is null or entity_type = $4) and ($5::text is null or field = $5)
order by entity_type <> 'CUSTOMER', direction <> 'IN', id limit ${MOST}`;

/** Begins to mend all open and failed differences that the filter selects, 1,000 at most; answers how many. Those that moved are left. */
export async function repairDifferences(services: Services, caller: Caller, input: RepairFilter): Promise<number> {
  const { reconciliationId, kind, entityType, field } = checkInput(repairFilterSchema, input);
  const values = [reconciliationId, caller.merchantId, kind ?? null, entityType ?? null, field ?? null];
  const { rows } = await services.db.pool.query<{ id: string }>(OPEN, values);
  let repaired = 0;
  for (const { id } of rows) {
    try {
      await repairDifference(services, caller, id);
      repaired += 1;
    } catch (error) {
      if (!(error instanceof HubError) || error.code === 'INTEGRATION_DISABLED') throw error;
    }
  }
  return repaired;
}
