import type { InboxKind } from './nouns.js';

/** Details that an event brings while the status stays, of kinds whose fields are not told: read as they were before the statement. */
const DETAILS: readonly { kind: InboxKind; sql: string }[] = [
  {
    kind: 'ORDER',
    sql: `when entity_type = 'ORDER' and tracking_numbers is not null then exists (
          select from orders o where o.id = known_id and to_jsonb(o.tracking_numbers) <> e.tracking_numbers)`,
  },
];

/** A row of an event's changes, beside that of its status, for the kinds that have details. */
export const detailChange = (has: (kind: InboxKind) => boolean) => {
  const parts = DETAILS.filter(({ kind }) => has(kind)).map(({ sql }) => sql);
  if (parts.length === 0) return '';
  return `,
      (4, lower(entity_type) || '.updated', known_id, case when changed or error_code is not null then false
        ${parts.join('\n        ')} else false end, '{}'::jsonb)`;
};
