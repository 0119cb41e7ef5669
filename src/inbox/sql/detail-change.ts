/**
 * A row of an order's changes, beside that of its status: tracking numbers that an event brings while the status stays, compared
 * with those before the statement. The fields of other kinds: `told-writes.ts`.
 * @param contents where the statement tells what else has changed of an order, that row names them, too
 */
export const detailChange = (contents: boolean) => `,
      (4, 'order.updated', known_id, changed is not true and error_code is null and entity_type = 'ORDER'
        and tracking_numbers is not null and exists (
          select from orders o where o.id = known_id and to_jsonb(o.tracking_numbers) <> e.tracking_numbers)${
            contents
              ? ' and (known_id in (select id from contents_changes where cardinality(fields) > 0)) is not true'
              : ''
          }, '{}'::jsonb)`;
