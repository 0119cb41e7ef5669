import {
  Arg,
  Args,
  Field,
  FieldResolver,
  ID,
  InputType,
  ObjectType,
  Query,
  Resolver,
  registerEnumType,
} from 'type-graphql';
import { InvoiceStatus } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredAndSortedBy, PageArgs } from '../connection.js';
import { Node } from '../node.js';
import { Order } from '../orders/order.js';
import { FilterBy, Key, planned, Read } from '../planned.js';
import { DateTime, Decimal } from '../scalars.js';
import { SyncLink } from '../sync/sync-link.js';
import { ofEntity, syncEventsOf } from '../sync/synced.js';

@ObjectType({ implements: Node, simpleResolvers: true })
@Key('merchantId', 'number')
export class Invoice extends Node {
  @Field(() => String)
  number!: string;

  @Field(() => String)
  merchantId!: string;

  @Field(() => Order, { nullable: true })
  order!: Order | null;

  @Field(() => InvoiceStatus)
  status!: InvoiceStatus;

  @Field(() => String)
  currency!: string;

  @Field(() => Decimal)
  subtotal!: string;

  @Field(() => Decimal)
  tax!: string;

  @Field(() => Decimal)
  total!: string;

  @Field(() => Decimal)
  paidAmount!: string;

  @Field(() => DateTime)
  issuedAt!: string;

  @Field(() => DateTime, { nullable: true })
  dueAt!: string | null;

  @Field(() => DateTime, { nullable: true })
  paidAt!: string | null;

  @Field(() => String, { nullable: true, description: 'What people have added to it in words.' })
  notes!: string | null;

  @Field(() => [SyncLink])
  @Read(ofEntity('INVOICE'))
  links!: SyncLink[];

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

const InvoiceConnection = connectionOf('Invoice', () => Invoice);

/** Values name a property and a direction; the planner adds the id. */
const InvoiceOrderBy = {
  ISSUED_AT_DESC: 'issuedAt desc',
  ISSUED_AT_ASC: 'issuedAt asc',
  UPDATED_AT_DESC: 'updatedAt desc',
  NUMBER_ASC: 'number asc',
} as const;
export type InvoiceOrderBy = (typeof InvoiceOrderBy)[keyof typeof InvoiceOrderBy];
registerEnumType(InvoiceOrderBy, { name: 'InvoiceOrderBy' });

@InputType()
export class InvoiceFilter {
  @Field(() => [InvoiceStatus], { nullable: true })
  status?: InvoiceStatus[] | null;

  @Field(() => String, { nullable: true })
  merchantId?: string | null;

  @Field(() => ID, { nullable: true })
  orderId?: string | null;

  @Field(() => String, { nullable: true })
  numberStartsWith?: string | null;

  @Field(() => DateTime, { nullable: true })
  issuedFrom?: string | null;

  @Field(() => DateTime, { nullable: true })
  issuedTo?: string | null;

  @Field(() => String, { nullable: true, description: 'A part of the invoice’s number or of its order’s.' })
  @FilterBy({ own: ['number'], related: { table: 'orders', key: 'order_id', texts: ['number'] } })
  search?: string | null;
}

const InvoicesArgs = filteredAndSortedBy(
  () => InvoiceFilter,
  () => InvoiceOrderBy,
  'ISSUED_AT_DESC',
);

@Resolver(() => Invoice)
export class InvoiceQueries {
  @Allow('viewer')
  @Query(() => Invoice, {
    nullable: true,
    description: 'By id, or by number: the newest where several merchants use it.',
  })
  invoice(
    @Arg('id', () => ID, { nullable: true }) _id?: string,
    @Arg('number', () => String, { nullable: true }) _number?: string,
  ): Invoice | null {
    return planned();
  }

  @Allow('viewer')
  @Query(() => InvoiceConnection)
  invoices(@Args(() => InvoicesArgs) _args: PageArgs): Connection<Invoice> {
    return planned();
  }
}

export const InvoiceSyncEvents = syncEventsOf(() => Invoice, 'INVOICE');

@Resolver(() => Order)
export class OrderInvoices {
  @FieldResolver(() => [Invoice])
  invoices(): Invoice[] {
    return planned();
  }
}
