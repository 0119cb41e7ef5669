import { Arg, Args, Field, ID, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import { type Connection, connectionOf, filteredBy, PageArgs } from '../connection.js';
import { Node } from '../node.js';
import { FilterBy, planned, Read } from '../planned.js';
import { DateTime } from '../scalars.js';
import { SyncLink } from '../sync/sync-link.js';
import { ofEntity, syncEventsOf } from '../sync/synced.js';
import { Address } from './address.js';

@ObjectType({ implements: Node, simpleResolvers: true })
export class Customer extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => String, { nullable: true, description: 'The merchant’s own id of the customer.' })
  reference!: string | null;

  @Field(() => String, { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true })
  email!: string | null;

  @Field(() => String, { nullable: true })
  phone!: string | null;

  @Field(() => Address, { nullable: true })
  address!: Address | null;

  @Field(() => [SyncLink])
  @Read(ofEntity('CUSTOMER'))
  links!: SyncLink[];

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}

const CustomerConnection = connectionOf('Customer', () => Customer);

@InputType()
export class CustomerFilter {
  @Field(() => String, { nullable: true })
  merchantId?: string | null;

  @Field(() => DateTime, { nullable: true })
  createdFrom?: string | null;

  @Field(() => DateTime, { nullable: true })
  createdTo?: string | null;

  @Field(() => String, { nullable: true, description: 'A part of the name, email or reference.' })
  @FilterBy({ own: ['name', 'email', 'reference'] })
  search?: string | null;
}

const CustomersArgs = filteredBy(() => CustomerFilter);

@Resolver(() => Customer)
export class CustomerQueries {
  @Allow('viewer')
  @Query(() => Customer, {
    nullable: true,
    description: 'By id, or by reference: the newest where several merchants use it.',
  })
  customer(
    @Arg('id', () => ID, { nullable: true }) _id?: string,
    @Arg('reference', () => String, { nullable: true }) _reference?: string,
  ): Customer | null {
    return planned();
  }

  @Allow('viewer')
  @Query(() => CustomerConnection, { description: 'Newest first.' })
  @Read({ order: [['createdAt', 'desc']] })
  customers(@Args(() => CustomersArgs) _args: PageArgs): Connection<Customer> {
    return planned();
  }
}

export const CustomerSyncEvents = syncEventsOf(() => Customer, 'CUSTOMER');
