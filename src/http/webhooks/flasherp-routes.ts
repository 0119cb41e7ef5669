import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { z } from 'zod';
import { createSharedLimiter } from '../../access/shared-limiter.js';
import { takePoint } from '../../access/take-point.js';
import { FlashErpEvent } from '../../connectors/flasherp/index.js';
import { HubError } from '../../errors.js';
import { registerRoute } from '../docs/register-route.js';
import { ANYBODY } from '../docs/schemes.js';
import { enveloped, success } from '../envelope.js';
import { answerAcceptance } from './answer-acceptance.js';
import { acceptanceEnvelope, KEY_HEADER, received } from './describe-webhook.js';
import type { Ingest } from './receive.js';
import { toInput } from './receive.js';

const PATH = '/api/webhooks/flasherp';
const TARGET = { connector: 'flasherp' };
const PER_MINUTE = 100;
const TOO_MANY = `More than ${PER_MINUTE} webhooks in a minute: wait as long as Retry-After says.`;

/** FlashERP's webhooks, rows F12 and F13. */
export function registerFlashErpRoutes(scope: FastifyInstance, ingest: Ingest, pool: pg.Pool): void {
  const limiter = createSharedLimiter(pool, 'flasherp-webhooks', PER_MINUTE);
  registerRoute(scope, {
    ...received,
    url: PATH,
    tag: 'FlashERP',
    summary: 'A webhook of FlashERP',
    description: `About a customer, transaction, subscription or invoice. ${PER_MINUTE} a minute from one address, over all instances of the hub.`,
    access: ['flasherpSignature'],
    headers: z.object({
      ...KEY_HEADER,
      'x-flasherp-timestamp': z.string().optional().meta({ description: 'Unix seconds, within 5 minutes.' }),
    }),
    rawBody: FlashErpEvent,
    answer: acceptanceEnvelope,
    handle: async ({ request, reply }) => {
      const { allowed, resetMs: retryAfterMs } = await takePoint(limiter, request.ip);
      if (!allowed) throw new HubError('RATE_LIMITED', TOO_MANY, { retryAfterMs });
      const acceptance = await ingest(toInput(request, TARGET, null), request.id);
      return answerAcceptance(request, reply, acceptance);
    },
  });
  registerRoute(scope, {
    method: 'GET',
    url: `${PATH}/health`,
    tag: 'FlashERP',
    summary: 'Whether the webhook address can be reached',
    access: ANYBODY,
    answer: enveloped(z.object({ status: z.literal('ok'), message: z.string() })),
    handle: async ({ request }) =>
      success(request, { status: 'ok' as const, message: 'The webhook endpoint is accessible.' }),
  });
}
