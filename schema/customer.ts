import { Field, ObjectType } from 'type-graphql';
import { Node } from './node.js';
import { DateTime } from './scalars.js';

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

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime)
  updatedAt!: string;
}
