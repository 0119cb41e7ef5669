import type { FastifyRequest } from 'fastify';
import type { HubContext } from '../../../schema/context.js';

/** Who asks, as an operation of the schema needs to know it. */
export type ContextOf = (request: FastifyRequest) => Promise<HubContext>;
