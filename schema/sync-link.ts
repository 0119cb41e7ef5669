import { Field, ObjectType } from 'type-graphql';
import { SyncState } from '../src/model/statuses.js';
import { Integration } from './integration.js';
import { DateTime } from './scalars.js';

@ObjectType({ simpleResolvers: true, description: 'An entity’s identity and state in one integration.' })
export class SyncLink {
  @Field(() => Integration)
  integration!: Integration;

  @Field(() => String, { nullable: true })
  externalId!: string | null;

  @Field(() => String, { nullable: true })
  externalNumber!: string | null;

  @Field(() => SyncState)
  state!: SyncState;

  @Field(() => DateTime, { nullable: true })
  syncedAt!: string | null;

  @Field(() => String, { nullable: true })
  lastError!: string | null;
}
