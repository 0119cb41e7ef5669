import type { EntityType, Role } from './statuses.js';

/** What people may do with an integration. */
export type IntegrationRight = 'config' | 'manage' | 'sync' | 'resync' | 'viewStatus';

/** What an operation touches, as its arguments say. */
export type Touched = (
  | { of: 'everything' }
  /** Nothing by name: the rows of its answer are limited instead. */
  | { of: 'rows' }
  | { of: 'connector'; name: string }
  | { of: 'integration'; id: string }
  /** What has this id, and is of the integration that its row names. */
  | { of: TouchedNoun; id: string }
  /** Every integration that the entity may be sent to. */
  | { of: 'recipients'; entityType: Exclude<EntityType, 'PRODUCT' | 'INVENTORY' | 'INTEGRATION'>; id: string }
) & {
  /** Instead of the rule's own. */
  right?: IntegrationRight;
};

export type TouchedNoun =
  | 'syncEvent'
  | 'alert'
  | 'alertRule'
  | 'notification'
  | 'mapping'
  | 'mappingVersion'
  | 'reconciliation'
  | 'fullSync'
  | 'pull'
  | 'difference';

/** Who may use a field of the schema, or see the rows of a type. */
export interface AccessRule {
  /** The least role; it decides for every system of whose permissions the caller's token names none. */
  role: Role;
  /** Of a system of whose permissions it names some, this one decides, whatever the role. Null: nothing of any system is touched. */
  right: IntegrationRight | null;
  /** Of an operation with a right. Default: the rows of its answer are limited. */
  touches?: (args: Readonly<Record<string, unknown>>) => Touched;
}
