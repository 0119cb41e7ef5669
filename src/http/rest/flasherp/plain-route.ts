import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { HubContext } from '../../../../schema/context.js';
import { registerRoute } from '../../docs/register-route.js';
import type { Route } from '../../docs/route.js';
import { CALLERS } from '../../docs/schemes.js';
import { enveloped, success } from '../../envelope.js';
import type { ContextOf } from '../context-of.js';

export const FLASHERP_PATH = '/api/erp';

export const flashErpRoute = { tag: 'FlashERP', access: CALLERS, description: 'Needs the role `admin`.' } as const;

type Own<Body, Answer> = Pick<Route<HubContext, unknown, unknown, Body, unknown>, 'method' | 'url' | 'summary'> & {
  body?: z.ZodType<Body>;
  /** What `answer` answers. */
  shape: z.ZodType<Answer>;
  answer(context: HubContext, body: Body): Promise<Answer>;
};

/** An address without parameters. */
export function registerPlain<Answer, Body = unknown>(
  scope: FastifyInstance,
  contextOf: ContextOf,
  { answer, shape, ...own }: Own<Body, Answer>,
): void {
  registerRoute(scope, {
    ...flashErpRoute,
    ...own,
    authorize: contextOf,
    answer: enveloped(shape),
    errors: ['NOT_FOUND', 'INTEGRATION_DISABLED'],
    handle: async ({ context, body, request }) => success(request, await answer(context, body)),
  });
}
