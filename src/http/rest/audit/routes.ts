import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { auditExport } from '../../../flow/access/audit-export.js';
import { RETENTION, type Retained } from '../../../model/retention.js';
import { SecurityEvent } from '../../../model/security-events.js';
import { Role } from '../../../model/statuses.js';
import { registerRoute } from '../../docs/register-route.js';
import { CALLERS } from '../../docs/schemes.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';
import { runOrThrow } from '../run-or-throw.js';
import { AUDIT_FORMATS, exportAudit } from './export.js';
import { COMPLIANCE } from './operations.js';

const route = { method: 'GET', tag: 'Audit', access: CALLERS } as const;
const time = z.iso.datetime({ offset: true });
const text = z.string().min(1).max(200).optional();

const exportQuery = z.object({
  format: z.enum(['csv', 'ndjson']).default('csv'),
  from: time.optional(),
  to: time.optional(),
  actor: text,
  action: text,
  outcome: z.enum(['OK', 'REFUSED', 'FAILED']).optional(),
  entityType: text,
  entityId: text,
  integrationId: text,
});

const complianceBody = z.object({
  from: z.string(),
  to: z.string(),
  refused: z.int(),
  failed: z.int(),
  operations: z.array(
    z.object({
      role: z.enum(Role).nullable(),
      action: z.string(),
      done: z.int(),
      refused: z.int(),
      failed: z.int(),
    }),
  ),
  securityEvents: z.array(z.object({ kind: z.enum(SecurityEvent), count: z.int() })).nullable(),
  secretsRotated: z.object({
    credentials: z.int(),
    webhookSecrets: z.int(),
    apiKeysMade: z.int(),
    apiKeysRevoked: z.int(),
    sealedAnew: z.int(),
  }),
  retention: z.array(
    z.object({
      what: z.enum(Object.keys(RETENTION) as [Retained, ...Retained[]]),
      days: z.int().nullable().meta({ description: 'Null: for good.' }),
    }),
  ),
});

/** The audit log as a file, and what it comes to. */
export function registerAudit(scope: FastifyInstance, contextOf: ContextOf): void {
  registerRoute(scope, {
    ...route,
    url: '/api/audit/export',
    summary: 'The audit log as a file, newest first',
    description:
      'Needs the role `admin`. A stream: CSV with a line of names, or with `format=ndjson` one JSON object a line. In CSV, what a spreadsheet would take for a formula has an apostrophe in front. An answer that is cut off is not whole. That it was asked for is audited.',
    authorize: contextOf,
    query: exportQuery,
    answerType: 'text/csv',
    answer: z.custom<Readable>().meta({ type: 'string' }),
    handle: async ({ context, query, reply }) => {
      const { format, outcome, ...filter } = query;
      const outcomes = outcome && [outcome];
      const entries = await exportAudit(context, { ...filter, outcomes }, AUDIT_FORMATS[format]);
      await auditExport(context.services, context.caller, query);
      reply.type(AUDIT_FORMATS[format].type);
      reply.header('content-disposition', `attachment; filename="audit.${format}"`);
      return entries;
    },
  });
  registerRoute(scope, {
    ...route,
    url: '/api/audit/compliance',
    summary: 'Who has done what over a time, in figures',
    description: 'Needs the role `admin`. By default of the last 30 days.',
    authorize: contextOf,
    query: z.object({ from: time.optional(), to: time.optional() }),
    answer: enveloped(complianceBody),
    handle: async ({ context, query, request }) => {
      const data = await runOrThrow<{ complianceReport: z.output<typeof complianceBody> }>(context, COMPLIANCE, query);
      return success(request, data.complianceReport);
    },
  });
}
