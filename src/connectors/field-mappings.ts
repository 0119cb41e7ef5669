import type { EntityType } from '../model/statuses.js';

/**
 * An integration's published field mappings, which its merchant maintains as data. A rule that has no value where one is
 * required, or that cannot be worked out, throws a HubError MAPPING_FAILED that names the mapping, the rule, its source and
 * the value; MAPPING_TIMEOUT, which may be tried again, when it takes too long.
 */
export interface FieldMappings {
  /**
   * To be called with what the connector's own mapping made, before anything is sent. The rules read the hub's snapshot
   * and write into the wire body; answers a changed copy, or `body` itself where no rule is published.
   */
  outbound<Body>(entityType: EntityType, snapshot: unknown, body: Body): Promise<Body>;
  /**
   * The other way: the rules read the payload as it was received and write the hub's fields. The hub itself calls it for
   * webhooks, status checks and pulls. `defaulted` is given the fields for which the payload had no value but a rule its default.
   */
  inbound<Fields extends object>(
    entityType: EntityType,
    payload: unknown,
    fields: Fields,
    defaulted?: string[],
  ): Promise<Fields>;
  /**
   * The hub's fields that the rules write on the way in, e.g. `sku`; empty where none is published. A connector need not
   * find these in what it reads.
   */
  inboundTargets(entityType: EntityType): ReadonlySet<string>;
}

/** No rules: everything stays as the connector made it. */
export const noFieldMappings: FieldMappings = {
  outbound: async (_entityType, _snapshot, body) => body,
  inbound: async (_entityType, _payload, fields) => fields,
  inboundTargets: () => new Set(),
};
