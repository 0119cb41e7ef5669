/**
 * A row of an order's changes, beside that of its status: tracking numbers that an event brings while the status stays, compared
 * with those before the statement. The fields of other kinds: `told-writes.ts`.
 */
export const DETAIL_CHANGE = `,
      (4, 'order.updated', known_id, changed is not true and error_code is null and entity_type = 'ORDER'
        and tracking_numbers is not null and exists (
          select from orders o where o.id = known_id and to_jsonb(o.tracking_numbers) <> e.tracking_numbers), '{}'::jsonb)`;
