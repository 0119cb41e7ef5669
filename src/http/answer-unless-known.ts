import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A caller may keep an answer for itself, and asks each time whether it still holds. */
const KEPT_BY_THE_CALLER = 'private, no-cache';

/**
 * Answers 304 without a body where `If-None-Match` names what is answered, else the body. The tag is of what the answer
 * says, not of when and to which request: so it is a weak one.
 */
export function answerUnlessKnown(request: FastifyRequest, reply: FastifyReply, body: object): unknown {
  const tag = tagOf(body);
  reply.headers({ etag: `W/${tag}`, 'cache-control': KEPT_BY_THE_CALLER });
  return isNamed(tag, request.headers['if-none-match']) ? reply.code(304).send() : body;
}

function tagOf(body: object): string {
  const said = JSON.stringify({ ...body, timestamp: undefined, requestId: undefined });
  return `"${createHash('sha1').update(said).digest('base64url')}"`;
}

function isNamed(tag: string, header = ''): boolean {
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
}
