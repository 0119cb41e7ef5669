import { z } from 'zod';
import type { ErrorCode } from '../../errors.js';
import { EntityType, WebhookStatus } from '../../model/statuses.js';
import { enveloped } from '../envelope.js';

const errors: readonly ErrorCode[] = [
  'INVALID_JSON',
  'INVALID_SHAPE',
  'SIGNATURE_INVALID',
  'TIMESTAMP_STALE',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'UNKNOWN_INTEGRATION',
  'INTEGRATION_DISABLED',
  'UNMAPPED_STATUS',
  'RATE_LIMITED',
  'DATABASE_UNAVAILABLE',
];

const key = z.string().optional().meta({
  description:
    'A key of the hub (an operator’s) or the integration’s own `apiKey`. Beside the signature, never instead; needed where the webhook was registered without a secret.',
});

/** Headers of every webhook address, beside its signature. */
export const KEY_HEADER = { 'x-api-key': key };

/** What the documentation of every webhook address has in common. */
export const received = {
  method: 'POST',
  statuses: {
    200: 'Applied, or kept as out of date; to a repetition what the first was answered.',
    202: 'Kept: it is applied by itself when the entity that it speaks of appears.',
  },
  headers: z.object(KEY_HEADER),
  errors,
} as const;

/** What became of a webhook, in the gateway's words. */
const acceptanceBody = z.object({
  webhookEventId: z.string(),
  status: z.enum(WebhookStatus),
  entityType: z.enum(EntityType),
  entityId: z.string().nullable().meta({ description: 'The hub’s own id; null while the entity is not known.' }),
  externalId: z.string().nullable().meta({ description: 'The sender’s id.' }),
  entityStatus: z.string().nullable().meta({ description: 'The hub’s status of the entity after it.' }),
  message: z.string(),
});

/** To a repetition the first answer, byte for byte. */
export const acceptanceEnvelope = enveloped(acceptanceBody).extend({
  timestamp: z.iso.datetime().meta({ description: 'When it was answered, UTC; to a repetition, when the first was.' }),
  requestId: z.string().meta({
    description:
      'The name of the request in the hub’s log; to a repetition, that of the first. The header X-Request-Id names the present one.',
  }),
});
