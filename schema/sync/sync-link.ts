import { Field, ObjectType } from 'type-graphql';
import { SyncState } from '../../src/model/statuses.js';
import { Allow } from '../allow.js';
import { Integration } from '../integrations/integration.js';
import { Read } from '../planned.js';
import { DateTime } from '../scalars.js';

/** A lane is owned by an instance from the claim to the settled outcome; looked up only for links that wait. */
const isOwned = (link: string) => `exists (select from lanes n where n.id = ${link}.id and n.owner is not null)`;
const stateOf = (link: string) =>
  `case when ${link}.state = 'PENDING' and ${isOwned(link)} then 'SYNCING' else ${link}.state end`;

/** SQL that compares a link's state as clients see it. */
export function stateIs(link: string, state: string): string {
  const stored = `${link}.state = case ${state} when 'SYNCING' then 'PENDING' else ${state} end`;
  return `(${stored} and (${state} not in ('PENDING', 'SYNCING') or (${state} = 'SYNCING') = ${isOwned(link)}))`;
}

/** SQL that finds the links whose state is FAILED by their lanes, which a dead letter has parked: those few have an index. */
export function hasFailed(link: string): string {
  return `${link}.state = 'FAILED' and ${link}.id in (select n.id from lanes n where n.parked)`;
}

@ObjectType({ simpleResolvers: true, description: 'An entity’s identity and state in one integration.' })
@Allow('viewer', 'viewStatus')
export class SyncLink {
  @Field(() => Integration)
  integration!: Integration;

  @Field(() => String, { nullable: true })
  externalId!: string | null;

  @Field(() => String, { nullable: true })
  externalNumber!: string | null;

  @Field(() => SyncState, { description: 'SYNCING while a call is under way.' })
  @Read({ expression: { sql: stateOf, type: 'text' } })
  state!: SyncState;

  @Field(() => DateTime, { nullable: true })
  syncedAt!: string | null;

  @Field(() => String, { nullable: true })
  lastError!: string | null;
}
