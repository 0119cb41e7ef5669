import { defineEntity, p } from '@mikro-orm/core';
import type { SealedCredentials } from './integration.js';
import { Integration } from './integration.js';

/** That a system sends webhooks by the gateway's scheme: what it was told. */
export const WebhookRegistration = defineEntity({
  name: 'WebhookRegistration',
  tableName: 'webhook_registrations',
  properties: {
    integration: () => p.oneToOne(Integration).primary().owner(),
    merchantId: p.text(),
    /** The public address that the sender was given. */
    url: p.text(),
    /** Empty: all. */
    events: p.array().columnType('text[]'),
    /** `{ webhookSecret }`, bound to the integration's id. */
    sealedSecret: p.json<SealedCredentials>().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});

/** When an integration is asked for news by itself. */
export const PollingSchedule = defineEntity({
  name: 'PollingSchedule',
  tableName: 'polling_schedules',
  properties: {
    integration: () => p.oneToOne(Integration).primary().owner(),
    merchantId: p.text(),
    /** Cron, in UTC, or `every … ms`. */
    schedule: p.text(),
    nextRunAt: p.datetime(),
    lastRunAt: p.datetime().nullable(),
    /** Of the last run: why nothing was asked for. */
    lastError: p.text().nullable(),
  },
});

/** What the hub does for an integration by a timetable of its own. */
export const IntegrationTask = defineEntity({
  name: 'IntegrationTask',
  tableName: 'integration_tasks',
  properties: {
    integration: () => p.manyToOne(Integration).primary(),
    task: p.text().primary(),
    merchantId: p.text(),
    /** Cron, in UTC, or `every … ms`. */
    schedule: p.text(),
    nextRunAt: p.datetime(),
    lastRunAt: p.datetime().nullable(),
    lastError: p.text().nullable(),
  },
});
