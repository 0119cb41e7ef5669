import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Json } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'What became of one rule.' })
export class MappingRuleOutcome {
  @Field(() => Int, { description: 'Its place among the rules, from 0.' })
  rule!: number;

  @Field(() => String)
  source!: string;

  @Field(() => String)
  target!: string;

  @Field(() => String, { description: 'Outbound: the path in the wire body. Inbound: the hub’s field.' })
  field!: string;

  @Field(() => Json, { nullable: true, description: 'What the source has; null: nothing.' })
  found!: unknown;

  @Field(() => Json, { nullable: true, description: 'What was written; null: nothing.' })
  value!: unknown;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true })
  errorMessage!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'One field that would be otherwise, or that a rule cannot make.',
})
export class MappingDifference {
  @Field(() => String)
  path!: string;

  @Field(() => Json, { nullable: true, description: 'By the published rules.' })
  before!: unknown;

  @Field(() => Json, { nullable: true, description: 'By the rules that are tried; null where its rule fails.' })
  after!: unknown;

  @Field(() => String, { nullable: true })
  errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'Names the mapping, the rule, its source and the value.' })
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

  @Field(() => [MappingDifference], {
    description: 'Against the published rules; where none are, against the connector’s own mapping alone.',
  })
  differences!: MappingDifference[];
}

@ObjectType({ simpleResolvers: true })
export class BacktestedEvent {
  @Field(() => ID, {
    description: 'Outbound: of the sync event. Inbound: of the webhook event, or of the record of a pull.',
  })
  eventId!: string;

  @Field(() => ID, { nullable: true })
  entityId!: string | null;

  @Field(() => [MappingDifference])
  differences!: MappingDifference[];

  @Field(() => [MappingRuleOutcome], { description: 'The rules that fail.' })
  failures!: MappingRuleOutcome[];
}

@ObjectType({ simpleResolvers: true, description: 'What rules make of what was last sent, received or pulled.' })
export class BacktestResult {
  @Field(() => Int, {
    description:
      'Stored events, and records of the last pulls, of this kind and direction, older than `before` where it is given.',
  })
  total!: number;

  @Field(() => Int)
  tested!: number;

  @Field(() => Int, { description: 'Mapped as by the published rules.' })
  unchanged!: number;

  @Field(() => Int, { description: 'Mapped, but otherwise than by the published rules.' })
  changed!: number;

  @Field(() => Int, { description: 'At least one rule fails.' })
  failed!: number;

  @Field(() => [BacktestedEvent], { description: 'The newest of those, at most 20.' })
  events!: BacktestedEvent[];

  @Field(() => ID, { nullable: true, description: 'To go on from, as `before`; null: all is tested.' })
  next!: string | null;
}
