import { ID_PREFIX, type NounWithId } from '../model/ids.js';

const MILLISECONDS = `lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')`;

/** An SQL expression of a new id as `newId` makes it, for statements that insert many rows. */
export function newIdSql(noun: NounWithId): string {
  const random = `substr(replace(gen_random_uuid()::text, '-', ''), 14)`;
  return `'${ID_PREFIX[noun]}_' || ${MILLISECONDS} || '7' || ${random}`;
}
