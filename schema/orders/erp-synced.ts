import { FieldResolver, Resolver } from 'type-graphql';
import { planned, Read } from '../planned.js';
import { Order } from './order.js';

@Resolver(() => Order)
export class ErpSynced {
  @FieldResolver(() => Boolean, { description: 'Whether the ERP of the Escooter connector has it.' })
  @Read({
    expression: {
      sql: (row) =>
        `exists (select from links l join integrations i on i.id = l.integration_id and i.connector = 'escooter'` +
        ` where l.entity_id = ${row}.id and l.entity_type = 'ORDER' and l.synced_at is not null)`,
      type: 'boolean',
    },
  })
  erpSynced(): boolean {
    return planned();
  }
}
