import { Extensions } from 'type-graphql';
import type { AccessRule, IntegrationRight, Touched, TouchedNoun } from '../src/model/access-rule.js';
import type { EntityType, Role } from '../src/model/statuses.js';

type Touches = NonNullable<AccessRule['touches']>;

/**
 * Says who may use a field: from which role on, and by which right of the system that it touches. On a type: who sees its
 * rows. Every field of Query, Mutation and Subscription says so, and every type whose rows are of an integration.
 */
export function Allow(
  role: Role,
  right: IntegrationRight | null = null,
  touches?: Touches,
): ClassDecorator & MethodDecorator & PropertyDecorator {
  return Extensions({ access: { role, right, touches } satisfies AccessRule });
}

/** It touches every system. */
export const everything: Touches = () => ({ of: 'everything' });

/** The integration whose id stands at this path of the arguments; where none does, everything, or the rows of the answer. */
export function integrationAt(path: string, otherwise: 'everything' | 'rows' = 'everything'): Touches {
  const find = textAt(path);
  return (args) => {
    const id = find(args);
    return id === null ? { of: otherwise } : { of: 'integration', id };
  };
}

/** What has the id that stands at this path. */
export function rowAt(noun: TouchedNoun, path = 'id'): Touches {
  const find = textAt(path);
  return (args) => ({ of: noun, id: find(args) ?? '' });
}

/** The integration, or else all of the connector, that stand in the arguments. */
export function scopeAt(path: string, otherwise: 'everything' | 'rows'): Touches {
  const findConnector = textAt(`${path}connector`);
  const findIntegration = integrationAt(`${path}integrationId`, otherwise);
  return (args) => {
    const name = findConnector(args);
    const touched = findIntegration(args);
    return touched.of === otherwise && name !== null ? { of: 'connector', name } : touched;
  };
}

/** Where the entity of `input.id` is sent to; sent again by force it needs another right. */
export function sentFrom(entityType: Extract<Touched, { entityType: EntityType }>['entityType']): Touches {
  const findIntegration = textAt('input.integrationId');
  return (args) => {
    const integrationId = findIntegration(args);
    const input = args['input'] as Record<string, unknown>;
    const right = input['force'] === true ? 'resync' : 'sync';
    if (integrationId !== null) return { of: 'integration', id: integrationId, right };
    return { of: 'recipients', entityType, id: String(input['id']), right };
  };
}

function textAt(path: string): (args: Readonly<Record<string, unknown>>) => string | null {
  const names = path.split('.');
  return (args) => {
    let value: unknown = args;
    for (const name of names) value = (value as Record<string, unknown> | null | undefined)?.[name];
    return typeof value === 'string' ? value : null;
  };
}
