import { Args, ArgsType, type ClassType, Field, FieldResolver, Int, Resolver } from 'type-graphql';
import type { EntityType } from '../../src/model/statuses.js';
import { type Connection, PageArgs } from '../connection.js';
import { planned, Read } from '../planned.js';
import { SyncEvent, SyncEventConnection } from './sync-event.js';

/** The rows of a table that name their entity by `entity_id` and `entity_type`. */
export const ofEntity = (entityType: EntityType) => ({
  relation: {
    on: (row: string, other: string) => `${other}.entity_id = ${row}.id and ${other}.entity_type = '${entityType}'`,
  },
});

@ArgsType()
class SyncEventsOfEntityArgs extends PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20 })
  override first!: number | null;
}

/** The resolver of `syncEvents` of a noun that is sent to integrations. */
export function syncEventsOf(noun: () => ClassType, entityType: EntityType): new () => object {
  @Resolver(noun)
  class SyncEventsOfNoun {
    @FieldResolver(() => SyncEventConnection, { description: 'Newest first.' })
    @Read(ofEntity(entityType))
    syncEvents(@Args(() => SyncEventsOfEntityArgs) _args: SyncEventsOfEntityArgs): Connection<SyncEvent> {
      return planned();
    }
  }
  return SyncEventsOfNoun;
}
