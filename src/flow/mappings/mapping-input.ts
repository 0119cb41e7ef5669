import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Tx } from '../../db/database.js';
import { HubError } from '../../errors.js';
import { type MappingRule, mappingRulesSchema, type RuleSet } from '../../mapping/mapping-rules.js';
import { Direction, EntityType } from '../../model/statuses.js';
import { label } from '../check-input.js';

/** Which mapping, and by which rules: those given, or else those of a stored version. */
export const mappingInputSchema = z.object({
  integrationId: label(),
  entityType: z.enum(EntityType),
  direction: z.enum(Direction),
  rules: mappingRulesSchema.nullish(),
});
export type MappingInput = z.input<typeof mappingInputSchema>;

/** A stored version, as use cases need it. */
export interface StoredVersion extends RuleSet {
  id: string;
  mappingId: string;
  merchantId: string;
  integrationId: string;
  version: number;
  status: string;
}

const VERSION = `select v.id, v.mapping_id as "mappingId", v.merchant_id as "merchantId", m.integration_id as "integrationId",
  v.version, v.status, m.entity_type as "entityType", m.direction, v.rules::text as rules
from mapping_versions v join mappings m on m.id = v.mapping_id
where ($2::text is null or v.merchant_id = $2)`;

interface VersionRow extends Omit<StoredVersion, 'rules'> {
  rules: string;
}

/** @throws HubError NOT_FOUND when there is none, or it is another merchant's */
export async function findVersion(tx: Pick<Tx, 'sql'>, caller: Caller, id: string): Promise<StoredVersion> {
  const found = await readVersion(tx, `${VERSION} and v.id = $1`, [id, caller.merchantId]);
  if (found) return found;
  throw new HubError('NOT_FOUND', `There is no version ${id} of a mapping.`, { path: ['id'] });
}

/** The version that was published last before the present one; null: there is none. */
export function findFormerVersion(tx: Pick<Tx, 'sql'>, caller: Caller, mappingId: string) {
  const newest = `${VERSION} and v.mapping_id = $1 and v.status = 'RETIRED' order by v.published_at desc limit 1`;
  return readVersion(tx, newest, [mappingId, caller.merchantId]);
}

/** The newest version of a mapping; null: nothing was ever saved for it. */
function findNewestVersion(tx: Pick<Tx, 'sql'>, caller: Caller, wanted: MappingInput) {
  const newest = `${VERSION} and m.integration_id = $1 and m.entity_type = $3 and m.direction = $4 order by v.version desc limit 1`;
  return readVersion(tx, newest, [wanted.integrationId, caller.merchantId, wanted.entityType, wanted.direction]);
}

async function readVersion({ sql }: Pick<Tx, 'sql'>, statement: string, values: unknown[]) {
  const [row] = await sql<VersionRow>(statement, values);
  return row ? ({ ...row, rules: JSON.parse(row.rules) as MappingRule[] } satisfies StoredVersion) : null;
}

/** The rules to try: those given, or the newest that were saved. @throws HubError BAD_USER_INPUT when there are neither */
export async function rulesToTry(
  tx: Pick<Tx, 'sql'>,
  caller: Caller,
  wanted: z.output<typeof mappingInputSchema>,
): Promise<RuleSet> {
  const { entityType, direction } = wanted;
  const rules = wanted.rules ?? (await findNewestVersion(tx, caller, wanted))?.rules;
  if (rules) return { entityType, direction, rules };
  throw new HubError('BAD_USER_INPUT', 'Give the rules: none are saved for this mapping yet.', { path: ['rules'] });
}
