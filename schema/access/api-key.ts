import { Field, ID, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { Role } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { planned, Read } from '../planned.js';
import { DateTime } from '../scalars.js';

registerEnumType(Role, {
  name: 'Role',
  description: 'A viewer reads; an operator also starts, retries and skips syncs; an admin also configures.',
});

@ObjectType({
  simpleResolvers: true,
  description: 'A machine’s way in, by the header X-API-Key. Its text is kept nowhere.',
})
export class ApiKey {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Role)
  role!: Role;

  @Field(() => String, { nullable: true, description: 'What it is limited to; null: every merchant.' })
  merchantId!: string | null;

  @Field(() => [String])
  permissions!: string[];

  @Field(() => DateTime)
  createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'To the minute.' })
  lastUsedAt!: string | null;

  @Field(() => DateTime, { nullable: true })
  revokedAt!: string | null;
}

@Resolver()
export class ApiKeyQueries {
  @Allow('admin')
  @Query(() => [ApiKey], { description: 'Newest first, at most 500, revoked ones among them. Admins.' })
  @Read({ order: [['createdAt', 'desc']], limit: 500 })
  apiKeys(): ApiKey[] {
    return planned();
  }
}
