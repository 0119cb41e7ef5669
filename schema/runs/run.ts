import { Field, ObjectType } from 'type-graphql';
import { Integration } from '../integrations/integration.js';
import { Node } from '../node.js';
import { DateTime } from '../scalars.js';

/** What every run over an integration's system tells of itself: whose it is, and how it ended. */
@ObjectType({ simpleResolvers: true })
export abstract class Run extends Node {
  @Field(() => String)
  merchantId!: string;

  @Field(() => Integration)
  integration!: Integration;

  @Field(() => DateTime, { description: 'When it was last seen to move.' })
  updatedAt!: string;

  @Field(() => DateTime, { nullable: true })
  finishedAt!: string | null;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'Of one that was cancelled, by whom.' })
  errorMessage!: string | null;
}
