import { isUtf8 } from 'node:buffer';
import { HubError } from '../errors.js';
import type { ReceivedEvent } from './inbox.js';

/** What PostgreSQL's text cannot hold, as JSON writes it; only then is it worth looking for where it is. */
const ESCAPES = /\\u(?:0000|d[89a-f])/i;

/**
 * Refuses what cannot be stored exactly.
 * @throws HubError INVALID_JSON or INVALID_SHAPE with the path
 */
export function checkEvent({ rawBody, event }: ReceivedEvent): void {
  if (!isUtf8(rawBody)) throw new HubError('INVALID_JSON', 'The body is not UTF-8: send JSON in UTF-8.');
  if (!ESCAPES.test(rawBody.toString('latin1'))) return;
  const path = findUnstorable(event.payload);
  if (!path) return;
  throw new HubError(
    'INVALID_SHAPE',
    `${path.join('.') || 'The body'} holds U+0000 or half of a surrogate pair, which is not text: leave it out.`,
    { path },
  );
}

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0');

/** Path of the first text that PostgreSQL cannot hold. Breadth first over a list, not by recursion: a sender decides how deep its JSON is. */
export function findUnstorable(payload: unknown): string[] | null {
  const open: { value: unknown; path: string[] }[] = [{ value: payload, path: [] }];
  for (const { value, path } of open) {
    if (typeof value === 'string' && !isStorable(value)) return path;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!isStorable(key)) return [...path, JSON.stringify(key)];
      open.push({ value: inner, path: [...path, key] });
    }
  }
  return null;
}
