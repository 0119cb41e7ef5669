import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ErrorCode } from '../../errors.js';
import { CALLERS, type Scheme } from './schemes.js';

/** A REST address and its documentation: the same schemas check the request and describe it at `/docs`. */
export interface Route<Context, Params, Query, Body, Answer> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As Fastify takes it: `/orders/:id`. */
  url: string;
  /** The group that it stands in. */
  tag: string;
  /** One line. */
  summary: string;
  /** Markdown. */
  description?: string;
  /** Who may call; any of these is enough. */
  access: readonly Scheme[];
  /** Finds out who calls, before the input is looked at. @throws HubError UNAUTHENTICATED, FORBIDDEN */
  authorize?: (request: FastifyRequest) => Promise<Context>;
  params?: z.ZodType<Params>;
  /** Of path parameters that the handler reads itself: described, not checked. */
  rawParams?: z.ZodType;
  query?: z.ZodType<Query>;
  /** Of JSON, which is checked. */
  body?: z.ZodType<Body>;
  /** Of a body that the handler takes as bytes: it is described and not checked. */
  rawBody?: z.ZodType;
  /** Request headers of its own; described, not checked. */
  headers?: z.ZodType;
  /** The body when all went well. */
  answer: z.ZodType<Answer>;
  /** Statuses of such an answer, and when each comes. Default: 200. */
  statuses?: Readonly<Record<number, string>>;
  /** Content type of the answer. Default: JSON. */
  answerType?: string;
  /** What can go wrong, besides what goes wrong everywhere. */
  errors?: readonly ErrorCode[];
  /** Answers the body; a status other than 200 is set on `reply`. */
  handle(input: RouteInput<Context, Params, Query, Body>): Promise<Answer>;
}

export interface RouteInput<Context, Params, Query, Body> {
  context: Context;
  params: Params;
  query: Query;
  body: Body;
  request: FastifyRequest;
  reply: FastifyReply;
}

type Kept = { method: string; access: readonly Scheme[]; answerType?: string };

/** Whether its answer may be kept by the caller, who then asks whether it still holds: JSON that a known caller reads. */
export const isKept = ({ method, access, answerType }: Kept): boolean =>
  method === 'GET' && answerType === undefined && access.some((scheme) => CALLERS.includes(scheme));
