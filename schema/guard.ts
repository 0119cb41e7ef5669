import { defaultFieldResolver, type GraphQLField, type GraphQLSchema } from 'graphql';
import type { Caller } from '../src/access/caller.js';
import { isWithin, type Reach, reachOf } from '../src/access/reach.js';
import type { ChangeEntry } from '../src/feed/feed.js';
import { keepAsync } from '../src/feed/keep-async.js';
import { guardedSystems, requireAccess } from '../src/flow/access/require-access.js';
import type { AccessRule } from '../src/model/access-rule.js';
import { accessOf } from '../src/read/rights.js';
import type { FieldRule } from '../src/read/rules.js';
import { typeOfKind } from './changes/change.js';
import type { HubContext } from './context.js';

type Field = GraphQLField<unknown, HubContext>;

/** What JavaScript answers; the rest is checked by its plan. */
const isOfJavaScript = ({ extensions }: Field) => (extensions['read'] as FieldRule | undefined)?.js === true;

/**
 * Has every field of the schema's roots run by the rule that stands at it, however it is reached. What the planner answers
 * is checked in the plan; a mutation's refusal is a user error, so that `mutate` asks for it.
 * @throws Error naming the first field without a rule
 */
export function guardRoots(schema: GraphQLSchema): GraphQLSchema {
  for (const [field, rule] of ruledFields(schema, 'Query')) if (isOfJavaScript(field)) guardQuery(field, rule);
  for (const [field, rule] of ruledFields(schema, 'Mutation')) guardMutation(field, rule);
  for (const [field, rule] of ruledFields(schema, 'Subscription')) guardSubscription(schema, field, rule);
  return schema;
}

function ruledFields(schema: GraphQLSchema, root: string): [Field, AccessRule][] {
  const type = schema.getType(root);
  const fields: Field[] = type && 'getFields' in type ? (Object.values(type.getFields()) as Field[]) : [];
  return fields.map((field) => {
    const rule = accessOf(field);
    if (!rule) throw new Error(`${root}.${field.name} does not say who may use it: @Allow`);
    return [field, rule];
  });
}

function guardQuery(field: Field, rule: AccessRule): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = async (source, args, context, info) => {
    await requireAccess(context.services, context.caller, rule, args);
    return resolve(source, args, context, info);
  };
}

/** Each mutation knows its arguments, for the audit. */
function guardMutation(field: Field, rule: AccessRule): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = (source, args, context, info) => {
    const requireAllowed = (caller: Caller) => requireAccess(context.services, caller, rule, args);
    return resolve(source, args, { ...context, request: args, requireAllowed }, info);
  };
}

function guardSubscription(schema: GraphQLSchema, field: Field, rule: AccessRule): void {
  const { subscribe } = field;
  if (!subscribe) throw new Error(`${field.name} subscribes to nothing`);
  field.subscribe = async (source, args, context, info) => {
    await requireAccess(context.services, context.caller, rule, args);
    const changes = (await subscribe(source, args, context, info)) as AsyncGenerator<ChangeEntry, void, void>;
    return withinReach(schema, context, rule, changes);
  };
}

/** Leaves out what tells of systems that the caller may not see. */
function withinReach(
  schema: GraphQLSchema,
  { services, caller }: HubContext,
  rule: AccessRule,
  changes: AsyncGenerator<ChangeEntry, void, void>,
): AsyncGenerator<ChangeEntry, void, void> {
  const reach = reachOf(caller, guardedSystems(services.connectors), rule);
  if (reach.denied.length === 0) return changes;
  return keepAsync(changes, async (change) => !isOfSystem(schema, change) || isSeen(services, reach, change));
}

function isOfSystem(schema: GraphQLSchema, change: ChangeEntry): boolean {
  const type = schema.getType(typeOfKind(change));
  return change.integrationId !== null && type !== undefined && accessOf(type)?.right != null;
}

/** Of an integration that is gone nobody knows any more whose it was. */
async function isSeen({ integrations }: HubContext['services'], reach: Reach, { integrationId }: ChangeEntry) {
  const integration = integrationId === null ? null : await integrations.find(integrationId);
  return integration !== null && isWithin(reach, integration.connector);
}
