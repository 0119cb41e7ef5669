import type { z } from 'zod';
import { type Caller, requireRole } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { mappingRulesSchema } from '../../mapping/mapping-rules.js';
import { newId } from '../../model/ids.js';
import { auditDone } from '../audit-done.js';
import { checkInput, text } from '../check-input.js';
import type { Services } from '../services.js';
import { lockIntegration } from '../update-integration.js';
import { mappingInputSchema } from './mapping-input.js';

const saveMappingSchema = mappingInputSchema.extend({ rules: mappingRulesSchema, note: text() });
export type SaveMapping = z.input<typeof saveMappingSchema>;

/**
 * Saves rules as the next version of a mapping, a draft that changes nothing yet; answers the version's id.
 * @throws HubError BAD_USER_INPUT with the rule's path, NOT_FOUND for the integration, FORBIDDEN
 */
export async function saveMapping(services: Services, caller: Caller, input: SaveMapping): Promise<string> {
  requireRole(caller, 'admin');
  const wanted = checkInput(saveMappingSchema as z.ZodType<z.output<typeof saveMappingSchema>>, input);
  return services.db.transaction(async (tx) => {
    const { merchantId } = await lockIntegration(tx, caller, wanted.integrationId, ['integrationId']);
    const mappingId = await ensureMapping(tx, merchantId, wanted);
    const id = newId('MappingVersion');
    await tx.sql(
      `insert into mapping_versions (id, merchant_id, mapping_id, version, rules, note, created_by)
       select $1, $2, $3, coalesce(max(version), 0) + 1, $4::jsonb, $5, $6 from mapping_versions where mapping_id = $3`,
      [id, merchantId, mappingId, JSON.stringify(wanted.rules), wanted.note ?? null, caller.subject],
    );
    const { integrationId, entityType, direction } = wanted;
    const details = { mappingVersionId: id, entityType, direction, rules: wanted.rules.length };
    await auditDone(tx, caller, { action: 'mapping.save', merchantId, integrationId, details });
    return id;
  });
}

async function ensureMapping(
  tx: Tx,
  merchantId: string,
  { integrationId, entityType, direction }: z.output<typeof saveMappingSchema>,
): Promise<string> {
  const [row] = await tx.sql<{ id: string }>(
    `insert into mappings (id, merchant_id, integration_id, entity_type, direction) values ($1, $2, $3, $4, $5)
     on conflict (integration_id, entity_type, direction) do update set updated_at = now() returning id`,
    [newId('Mapping'), merchantId, integrationId, entityType, direction],
  );
  return row?.id ?? '';
}
