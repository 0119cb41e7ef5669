import type { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { mappingRulesSchema, type RuleSet } from '../../mapping/mapping-rules.js';
import { newId } from '../../model/ids.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, text } from '../check-input.js';
import { findIntegration } from '../integrations/find-integration.js';
import { lockIntegration } from '../integrations/lock-integration.js';
import type { Services } from '../services.js';
import { checkRules } from './check-rules.js';
import { mappingInputSchema, type StoredVersion } from './mapping-input.js';

const saveMappingSchema = mappingInputSchema.extend({ rules: mappingRulesSchema, note: text() });
export type SaveMapping = z.input<typeof saveMappingSchema>;

/**
 * Saves rules as the next version of a mapping, a draft that changes nothing yet; answers the version's id.
 * @throws HubError BAD_USER_INPUT with the path of each rule that cannot work, NOT_FOUND for the integration
 */
export async function saveMapping(services: Services, caller: Caller, input: SaveMapping): Promise<string> {
  const { note, integrationId, ...ruleSet } = checkInput(
    saveMappingSchema as z.ZodType<z.output<typeof saveMappingSchema>>,
    input,
  );
  const integration = await findIntegration(services, caller, integrationId, ['integrationId']);
  await checkRules(services, integration, [ruleSet], () => []);
  return services.db.transaction(async (tx) => {
    const { merchantId } = await lockIntegration(tx, caller, integrationId, ['integrationId']);
    const [saved] = await saveVersions(tx, caller, { integrationId, merchantId, note }, [ruleSet]);
    return saved?.id ?? '';
  });
}

/** Whose rules they are, and what is said of them. */
export interface SavedFor {
  integrationId: string;
  merchantId: string;
  note: string | null | undefined;
}

/** Saves each set as a draft; they share one number, the next of all their mappings. */
export async function saveVersions(
  tx: Tx,
  caller: Caller,
  { integrationId, merchantId, note }: SavedFor,
  ruleSets: readonly RuleSet[],
): Promise<StoredVersion[]> {
  const mappingIds: string[] = [];
  for (const ruleSet of ruleSets) mappingIds.push(await ensureMapping(tx, merchantId, integrationId, ruleSet));
  const [last] = await tx.sql<{ version: number }>(LAST_VERSION, [mappingIds]);
  const version = (last?.version ?? 0) + 1;
  const saved: StoredVersion[] = [];
  for (const [index, ruleSet] of ruleSets.entries()) {
    const { entityType, direction, rules } = ruleSet;
    const [id, mappingId = ''] = [newId('MappingVersion'), mappingIds[index]];
    await tx.sql(INSERT, [id, merchantId, mappingId, version, JSON.stringify(rules), note ?? null, caller.subject]);
    const details = { mappingVersionId: id, entityType, direction, version, rules: rules.length };
    await auditDone(tx, caller, { action: 'mapping.save', merchantId, integrationId, details });
    saved.push({ id, mappingId, merchantId, integrationId, entityType, direction, rules, version, status: 'DRAFT' });
  }
  return saved;
}

const LAST_VERSION = 'select max(version) as version from mapping_versions where mapping_id = any($1)';
const INSERT = `insert into mapping_versions (id, merchant_id, mapping_id, version, rules, note, created_by)
values ($1, $2, $3, $4, $5::jsonb, $6, $7)`;

async function ensureMapping(
  tx: Tx,
  merchantId: string,
  integrationId: string,
  { entityType, direction }: RuleSet,
): Promise<string> {
  const [row] = await tx.sql<{ id: string }>(
    `insert into mappings (id, merchant_id, integration_id, entity_type, direction) values ($1, $2, $3, $4, $5)
     on conflict (integration_id, entity_type, direction) do update set updated_at = now() returning id`,
    [newId('Mapping'), merchantId, integrationId, entityType, direction],
  );
  return row?.id ?? '';
}
