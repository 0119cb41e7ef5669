import type { FastifyInstance } from 'fastify';
import { HubError } from '../errors.js';
import { explainLost, findLostNumber } from '../model/lost-number.js';

/**
 * JSON bodies are read as Fastify reads them, but one that holds a number that would be changed by that is refused; an empty one
 * is none, as many clients announce JSON with whatever they send.
 */
export function readExactJson(server: FastifyInstance): void {
  const read = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) =>
    text === '' ? done(null) : read(request, text, (error, body) => done(error ?? refuseLost(text), body)),
  );
}

function refuseLost(text: string): HubError | null {
  const lost = findLostNumber(text);
  if (!lost) return null;
  return new HubError('BAD_USER_INPUT', explainLost(lost), lost.field === null ? {} : { path: [lost.field] });
}
