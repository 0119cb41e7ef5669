import { defineEntity, p } from '@mikro-orm/core';
import { IntegrationMode } from '../../model/statuses.js';
import { IntegrationTask, PollingSchedule, WebhookRegistration } from './integration-parts.js';
import { Mapping } from './mapping.js';

/** Credentials as they are stored: AES-256-GCM, bound to the row's id, with the id of the key that sealed them. */
export interface SealedCredentials {
  keyId: string;
  /** base64 */
  iv: string;
  tag: string;
  data: string;
}

/** One merchant's configured use of a connector. */
export const Integration = defineEntity({
  name: 'Integration',
  tableName: 'integrations',
  properties: {
    id: p.text().primary(),
    merchantId: p.text(),
    name: p.text(),
    connector: p.text(),
    mode: p
      .enum(() => IntegrationMode)
      .columnType('text')
      .default('HYBRID'),
    enabled: p.boolean().default(true),
    /** When it was last switched off, or made so; the database itself puts it down. */
    disabledAt: p.datetime().nullable(),
    sealedCredentials: p.json<SealedCredentials>().nullable(),
    settings: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    mappings: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    /** `API`, `ENVIRONMENT` or `DEMO`. */
    configuredBy: p.text().default('API'),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    /** Kept after deletion, because history names it. */
    deletedAt: p.datetime().nullable(),
    webhook: () => p.oneToOne(WebhookRegistration).mappedBy('integration').nullable(),
    polling: () => p.oneToOne(PollingSchedule).mappedBy('integration').nullable(),
    timetable: () => p.oneToMany(IntegrationTask).mappedBy('integration').orderBy({ task: 'asc' }),
    fieldMappings: () => p.oneToMany(Mapping).mappedBy('integration').orderBy({ createdAt: 'asc' }),
  },
});

/** The channel on which the database itself tells of every change of one (`0001-entities`). */
export const INTEGRATION_CHANGED = 'integration_changed';
