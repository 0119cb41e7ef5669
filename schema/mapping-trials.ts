import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Json } from './scalars.js';

@ObjectType({ simpleResolvers: true, description: 'What became of one rule.' })
export class MappingRuleOutcome {
  @Field(() => Int, { description: 'Its place among the rules, from 0.' })
  rule!: number;

  @Field(() => String)
  source!: string;

  @Field(() => String)
  target!: string;

  @Field(() => Json, { nullable: true, description: 'What was written; null: nothing.' })
  value!: unknown;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'What rules make of a sample.' })
export class MappingPreviewResult {
  @Field(() => Json)
  input!: unknown;

  @Field(() => Json, { description: 'Outbound: the whole wire body. Inbound: the hub’s fields.' })
  output!: unknown;

  @Field(() => [MappingRuleOutcome])
  rules!: MappingRuleOutcome[];
}

@ObjectType({ simpleResolvers: true, description: 'One field that would be otherwise.' })
export class MappingDifference {
  @Field(() => String)
  path!: string;

  @Field(() => Json, { nullable: true, description: 'By the published rules.' })
  before!: unknown;

  @Field(() => Json, { nullable: true })
  after!: unknown;
}

@ObjectType({ simpleResolvers: true })
export class BacktestedEvent {
  @Field(() => ID, { description: 'Outbound: of the sync event. Inbound: of the webhook event.' })
  eventId!: string;

  @Field(() => ID, { nullable: true })
  entityId!: string | null;

  @Field(() => [MappingDifference])
  differences!: MappingDifference[];

  @Field(() => [MappingRuleOutcome], { description: 'The rules that fail.' })
  failures!: MappingRuleOutcome[];
}

@ObjectType({ simpleResolvers: true, description: 'What rules make of what was last sent or received.' })
export class BacktestResult {
  @Field(() => Int)
  tested!: number;

  @Field(() => Int, { description: 'Mapped, but otherwise than by the published rules.' })
  changed!: number;

  @Field(() => Int, { description: 'At least one rule fails.' })
  failed!: number;

  @Field(() => [BacktestedEvent], { description: 'The newest of those, at most 20.' })
  events!: BacktestedEvent[];
}
