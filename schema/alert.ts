import { Arg, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { Integration } from './integration.js';
import { Node } from './node.js';
import { planned, Read } from './planned.js';
import { DateTime } from './scalars.js';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'Something that needs a person.' })
export class Alert extends Node {
  @Field(() => String, { nullable: true })
  merchantId!: string | null;

  @Field(() => Integration, { nullable: true })
  integration!: Integration | null;

  @Field(() => String)
  kind!: string;

  @Field(() => String)
  severity!: string;

  @Field(() => String)
  message!: string;

  @Field(() => String, { description: 'What to do.' })
  advice!: string;

  @Field(() => DateTime)
  openedAt!: string;

  @Field(() => DateTime, { nullable: true })
  closedAt!: string | null;
}

@Resolver()
export class AlertQueries {
  @Query(() => [Alert], {
    description: 'Newest first, at most 500. `open`: only those that are open, or only closed ones.',
  })
  @Read({
    order: [['openedAt', 'desc']],
    limit: 500,
    where: (row, arg) => {
      const open = arg('open', 'boolean');
      return open === null ? 'true' : `(${row}.closed_at is null) = ${open}`;
    },
  })
  alerts(@Arg('open', () => Boolean, { nullable: true }) _open?: boolean): Alert[] {
    return planned();
  }
}
