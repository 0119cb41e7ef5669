/**
 * Whether stock is fresh is worked out when it is read, from how the pulls of its integration went: what did not change
 * is not written again only to say so. Stock that is not pulled keeps what was written with it.
 */
const state = (row: string, answer: string) =>
  `(select ${answer} from pull_states s where s.integration_id = ${row}.integration_id and s.entity_type = 'INVENTORY')`;

/** A product's own source; of its two kinds of pulls the one that went well last. */
const productState = (row: string, answer: string) =>
  `(select ${answer} from pull_states s where s.integration_id = ${row}.source_integration_id
    and s.entity_type in ('PRODUCT', 'INVENTORY') order by s.succeeded_at desc nulls last limit 1)`;

const isStale = `coalesce(s.fresh_until < now(), true) or coalesce(s.failed_at > s.succeeded_at, false)`;

/** A row that was read by itself since the last pull failed is as fresh as one of a pull. */
const isReadSince = (row: string) => `${row}.read_at > coalesce(s.failed_at, '-infinity')
  and coalesce(${row}.read_at + (s.fresh_until - s.succeeded_at) > now(), false)`;

const staleSql = (row: string) =>
  `coalesce(${state(row, `s.succeeded_at is not null and (${isStale}) and not (${isReadSince(row)})`)}, ${row}.source <> 'live')`;

export const sourceSql = (row: string) => `case when ${staleSql(row)} then 'stale_cache' else ${row}.source end`;

export const readAtSql = (row: string) =>
  `case when ${row}.removed_at is null then greatest(${row}.read_at, ${state(row, 's.succeeded_at')}) else ${row}.read_at end`;

export const ageSql = (row: string) => `greatest(extract(epoch from now() - ${readAtSql(row)}), 0)::int`;

export const warningSql = (row: string) => `case when ${staleSql(row)} then
  'The system could not be read since ' || to_char(${readAtSql(row)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ||
  ': this is the last known stock. See the integration''s last pulls for the reason.' end`;

const isProductStale = (row: string) =>
  `coalesce(${productState(row, `s.succeeded_at is not null and (${isStale})`)}, false)`;

export const productSourceSql = (row: string) => `case when ${isProductStale(row)} then 'stale_cache' else 'live' end`;

export const productReadAtSql = (row: string) => `greatest(${row}.updated_at, ${productState(row, 's.succeeded_at')})`;

export const productAgeSql = (row: string) => `greatest(extract(epoch from now() - ${productReadAtSql(row)}), 0)::int`;

export const productWarningSql = (row: string) => `case when ${isProductStale(row)} then
  'The system could not be read since ' || to_char(${productReadAtSql(row)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ||
  ': this is what was last known. See the integration''s last pulls for the reason.' end`;
