import type { z } from 'zod';
import { HubError } from '../errors.js';
import { findUnstorable } from '../model/find-unstorable.js';
import { parseExactJson } from './text/exact-json.js';

/** Deeper nesting is no event of any system, and would exhaust the stack of whoever walks it. */
const DEEPEST = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A verified webhook's JSON: `value` in the given shape, `payload` as received with exact numbers (`exact-json.ts`).
 * @throws HubError INVALID_JSON, or INVALID_SHAPE with the path of the first wrong field
 */
export function readWebhookBody<T>(rawBody: Buffer, shape: z.ZodType<T>): { value: T; payload: unknown } {
  const payload = parseBody(rawBody);
  return { value: readShape(payload, shape), payload };
}

/** @throws HubError INVALID_SHAPE with the path of the first wrong field */
export function readShape<T>(payload: unknown, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(payload);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String) ?? [];
  throw new HubError('INVALID_SHAPE', `${fieldAt(path)} is wrong: ${issue?.message ?? 'unknown'}.`, { path });
}

function parseBody(rawBody: Buffer): unknown {
  const [text, payload] = parseText(rawBody);
  // First, so that nothing else looks at what is too deep.
  checkDepth(payload, 0);
  // In UTF-8 only an escape can write either.
  const unstorable = text.includes('\\u') ? findUnstorable(payload) : null;
  if (unstorable) {
    throw new HubError(
      'INVALID_SHAPE',
      `${fieldAt(unstorable)} holds U+0000 or half of a surrogate pair: leave it out.`,
      { path: unstorable },
    );
  }
  return payload;
}

function parseText(rawBody: Buffer): [string, unknown] {
  try {
    const text = utf8.decode(rawBody);
    return [text, parseExactJson(text)];
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError('INVALID_JSON', 'The body is not JSON in UTF-8.', { cause: error });
  }
}

function checkDepth(value: unknown, depth: number): void {
  if (depth > DEEPEST) throw new HubError('INVALID_SHAPE', `The body is nested deeper than ${DEEPEST} levels.`);
  if (typeof value !== 'object' || value === null) return;
  for (const item of Object.values(value)) checkDepth(item, depth + 1);
}

const fieldAt = (path: readonly string[]) => (path.length > 0 ? `The field ${path.join('.')}` : 'The body');
