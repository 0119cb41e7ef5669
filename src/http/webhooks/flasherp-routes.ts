import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { z } from 'zod';
import { FlashErpEvent } from '../../connectors/flasherp/index.js';
import { HubError } from '../../errors.js';
import { registerRoute } from '../docs/register-route.js';
import { ANYBODY } from '../docs/schemes.js';
import { enveloped, success } from '../envelope.js';
import { acceptanceBody, received } from './describe-webhook.js';
import type { Ingest } from './receive.js';
import { messageOf, statusOf, toInput } from './receive.js';

const PATH = '/api/webhooks/flasherp';
const TARGET = { connector: 'flasherp' };
const PER_MINUTE = 100;

/** FlashERP's webhooks, rows F12 and F13. */
export function registerFlashErpRoutes(scope: FastifyInstance, ingest: Ingest): void {
  const limiter = new RateLimiterMemory({ points: PER_MINUTE, duration: 60 });
  registerRoute(scope, {
    ...received,
    url: PATH,
    tag: 'FlashERP',
    summary: 'A webhook of FlashERP',
    description: `About a customer, transaction, subscription or invoice. ${PER_MINUTE} a minute from one address.`,
    access: ['flasherpSignature'],
    headers: z.object({
      'x-flasherp-timestamp': z.string().optional().meta({ description: 'Unix seconds, within 5 minutes.' }),
    }),
    rawBody: FlashErpEvent,
    answer: enveloped(acceptanceBody),
    handle: async ({ request, reply }) => {
      await takePoint(limiter, request);
      const acceptance = await ingest(toInput(request, TARGET, null), request.id);
      const { webhookEventId, status, entityType, entityId, externalId, entityStatus } = acceptance;
      reply.code(statusOf(acceptance));
      const message = messageOf(acceptance);
      return success(request, { webhookEventId, status, entityType, entityId, externalId, entityStatus, message });
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

async function takePoint(limiter: RateLimiterMemory, { ip }: FastifyRequest): Promise<void> {
  try {
    await limiter.consume(ip);
  } catch (reason) {
    const retryAfterMs = (reason as RateLimiterRes).msBeforeNext;
    throw new HubError(
      'RATE_LIMITED',
      `More than ${PER_MINUTE} webhooks in a minute: wait as long as Retry-After says.`,
      {
        retryAfterMs,
      },
    );
  }
}
