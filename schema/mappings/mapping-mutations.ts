import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { type Backtest, backtestMapping } from '../../src/flow/mappings/backtest-mapping.js';
import { type MappingPreview, previewMapping } from '../../src/flow/mappings/preview-mapping.js';
import { publishMapping, rollbackMapping, withdrawMapping } from '../../src/flow/mappings/publish-mapping.js';
import { putMappings } from '../../src/flow/mappings/put-mappings.js';
import { saveMapping } from '../../src/flow/mappings/save-mapping.js';
import { Direction, EntityType } from '../../src/model/statuses.js';
import { Allow, integrationAt, rowAt } from '../allow.js';
import type { HubContext } from '../context.js';
import { mutate } from '../mutate.js';
import { MutationPayload } from '../mutation-payload.js';
import { Json } from '../scalars.js';
import { Mapping, MappingVersion } from './mapping.js';
import { BacktestResult, MappingPreviewResult } from './mapping-trials.js';

@InputType()
export class MappingRuleInput {
  @Field(() => String, { description: 'A path, or any JSONata expression, over what is mapped.' })
  source!: string;

  @Field(() => String, {
    description:
      'Outbound: where in the wire body, `customer.name`, `items[0].sku` or `items[].tax`. Inbound: a field of the hub, `products.price`, `customer.email`, `order.metadata.zone`; a wrong one is refused with the list of those that there are.',
  })
  target!: string;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'A missing value is an error.' })
  required?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      'parseFloat, parseInt, toString, trim, toUpperCase, toLowerCase, or JSONata in which `$` is the value and `$document` the whole; `$decimalAdd` and its like are exact.',
  })
  transformation?: string | null;

  @Field(() => Json, { nullable: true, description: 'Written where the source has no value.' })
  defaultValue?: unknown;
}

@InputType()
class MappingInput {
  @Field(() => ID)
  integrationId!: string;

  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => Direction, {
    description: 'OUTBOUND: the hub’s snapshot → the wire body. INBOUND: the received payload → the hub’s fields.',
  })
  direction!: Direction;
}

@InputType()
export class SaveMappingInput extends MappingInput {
  @Field(() => [MappingRuleInput])
  rules!: MappingRuleInput[];

  @Field(() => String, { nullable: true })
  note?: string | null;
}

@InputType()
export class MappingRulesInput {
  @Field(() => EntityType)
  entityType!: EntityType;

  @Field(() => Direction)
  direction!: Direction;

  @Field(() => [MappingRuleInput])
  rules!: MappingRuleInput[];
}

@InputType()
export class PutMappingsInput {
  @Field(() => ID)
  integrationId!: string;

  @Field(() => [MappingRulesInput], { description: 'Each kind and direction once; those that are left out stay.' })
  mappings!: MappingRulesInput[];

  @Field(() => String, { nullable: true })
  note?: string | null;
}

@InputType()
class MappingTrialInput extends MappingInput {
  @Field(() => [MappingRuleInput], { nullable: true, description: 'Default: those that were saved last.' })
  rules?: MappingRuleInput[] | null;
}

@InputType()
export class PreviewMappingInput extends MappingTrialInput {
  @Field(() => Json, {
    nullable: true,
    description:
      'Outbound: a sync event’s `payload`. Inbound: a body as it is received, unless `pullSampleId` is given.',
  })
  sample?: unknown;

  @Field(() => ID, {
    nullable: true,
    description: 'Inbound: a record of `pullSamples`, with what its connector made of it.',
  })
  pullSampleId?: string | null;
}

@InputType()
export class BacktestMappingInput extends MappingTrialInput {
  @Field(() => Int, { nullable: true, defaultValue: 100, description: 'The newest events and records, at most 1000.' })
  last?: number | null;

  @Field(() => ID, { nullable: true, description: 'Only what is older: `next` of the page before.' })
  before?: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class MappingPayload extends MutationPayload {
  @Field(() => Mapping, { nullable: true })
  mapping!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class MappingVersionPayload extends MutationPayload {
  @Field(() => MappingVersion, { nullable: true })
  mappingVersion!: string | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class MappingVersionsPayload extends MutationPayload {
  @Field(() => [ID], { description: 'Of the versions that are published now; none where it failed.' })
  mappingVersionIds!: string[];
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class MappingPreviewPayload extends MutationPayload {
  @Field(() => MappingPreviewResult, { nullable: true })
  preview!: MappingPreview | null;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true })
export class BacktestPayload extends MutationPayload {
  @Field(() => BacktestResult, { nullable: true })
  backtest!: Backtest | null;
}

const NO_VERSION = { mappingVersion: null };

@Resolver()
export class MappingMutations {
  @Allow('admin', 'config', integrationAt('input.integrationId'))
  @Mutation(() => MappingVersionPayload, {
    description: 'Admins. Saves rules as a draft, which changes nothing yet. Refused when a rule cannot work.',
  })
  saveMapping(
    @Arg('input', () => SaveMappingInput) input: SaveMappingInput,
    @Ctx() context: HubContext,
  ): Promise<MappingVersionPayload> {
    const info = { action: 'mapping.save', argument: 'input', failed: NO_VERSION };
    return mutate(context, info, async (...hub) => ({ mappingVersion: await saveMapping(...hub, input) }));
  }

  @Allow('admin', 'config', integrationAt('input.integrationId'))
  @Mutation(() => MappingVersionsPayload, {
    description: 'Admins. Saves and publishes mappings together, under one version number: all of them or none.',
  })
  putMappings(
    @Arg('input', () => PutMappingsInput) input: PutMappingsInput,
    @Ctx() context: HubContext,
  ): Promise<MappingVersionsPayload> {
    const info = { action: 'mapping.put', argument: 'input', failed: { mappingVersionIds: [] } };
    return mutate(context, info, async (...hub) => ({ mappingVersionIds: await putMappings(...hub, input) }));
  }

  @Allow('operator', 'config', integrationAt('input.integrationId'))
  @Mutation(() => MappingPreviewPayload, {
    description: 'Operators. Tries rules on a sample; writes and sends nothing.',
  })
  previewMapping(
    @Arg('input', () => PreviewMappingInput) input: PreviewMappingInput,
    @Ctx() context: HubContext,
  ): Promise<MappingPreviewPayload> {
    const info = { action: 'mapping.preview', argument: 'input', failed: { preview: null } };
    return mutate(context, info, async (...hub) => ({ preview: await previewMapping(...hub, input) }));
  }

  @Allow('operator', 'config', integrationAt('input.integrationId'))
  @Mutation(() => BacktestPayload, {
    description:
      'Operators. Tries rules on what was last sent, received or pulled, and tells what the published ones map otherwise; writes and sends nothing.',
  })
  backtestMapping(
    @Arg('input', () => BacktestMappingInput) input: BacktestMappingInput,
    @Ctx() context: HubContext,
  ): Promise<BacktestPayload> {
    const info = { action: 'mapping.backtest', argument: 'input', failed: { backtest: null } };
    return mutate(context, info, async (...hub) => ({ backtest: await backtestMapping(...hub, input) }));
  }

  @Allow('admin', 'config', rowAt('mappingVersion'))
  @Mutation(() => MappingVersionPayload, {
    description: 'Admins. Every instance maps by this version from now on. Refused when a rule does not compile.',
  })
  publishMapping(
    @Arg('id', () => ID, { description: 'Of the version.' }) id: string,
    @Ctx() context: HubContext,
  ): Promise<MappingVersionPayload> {
    const info = { action: 'mapping.publish', failed: NO_VERSION };
    return mutate(context, info, async (...hub) => ({ mappingVersion: await publishMapping(...hub, id) }));
  }

  @Allow('admin', 'config', rowAt('mapping', 'mappingId'))
  @Mutation(() => MappingVersionPayload, { description: 'Admins. Publishes again what was published before.' })
  rollbackMapping(
    @Arg('mappingId', () => ID) mappingId: string,
    @Ctx() context: HubContext,
  ): Promise<MappingVersionPayload> {
    const info = { action: 'mapping.rollback', failed: NO_VERSION };
    return mutate(context, info, async (...hub) => ({ mappingVersion: await rollbackMapping(...hub, mappingId) }));
  }

  @Allow('admin', 'config', rowAt('mapping', 'mappingId'))
  @Mutation(() => MappingPayload, { description: 'Admins. Only the connector’s own mapping is left.' })
  withdrawMapping(@Arg('mappingId', () => ID) mappingId: string, @Ctx() context: HubContext): Promise<MappingPayload> {
    const info = { action: 'mapping.withdraw', failed: { mapping: null } };
    return mutate(context, info, async (...hub) => ({ mapping: await withdrawMapping(...hub, mappingId) }));
  }
}
