import type { z } from 'zod';
import { HubError } from '../errors.js';
import { parseExactJson } from './exact-json.js';

/** Deeper nesting is no event of any system, and would exhaust the stack of whoever walks it. */
const DEEPEST = 64;

/**
 * A verified webhook's JSON: `value` in the given shape, `payload` as received with exact numbers (`exact-json.ts`).
 * @throws HubError INVALID_JSON, or INVALID_SHAPE with the path of the first wrong field
 */
export function readWebhookBody<T>(rawBody: Buffer, shape: z.ZodType<T>): { value: T; payload: unknown } {
  const payload = parseBody(rawBody);
  const parsed = shape.safeParse(payload);
  if (parsed.success) return { value: parsed.data, payload };
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String) ?? [];
  const field = path.length > 0 ? `The field ${path.join('.')}` : 'The body';
  throw new HubError('INVALID_SHAPE', `${field} is wrong: ${issue?.message ?? 'unknown'}.`, { path });
}

function parseBody(rawBody: Buffer): unknown {
  try {
    const payload = parseExactJson(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
    checkStorable(payload, 0);
    return payload;
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError('INVALID_JSON', 'The body is not JSON in UTF-8.', { cause: error });
  }
}

/** PostgreSQL keeps neither U+0000 nor half a surrogate pair: such an event is the sender's mistake, not a failure of the hub. */
function checkStorable(value: unknown, depth: number): void {
  if (depth > DEEPEST) throw new HubError('INVALID_SHAPE', `The body is nested deeper than ${DEEPEST} levels.`);
  if (typeof value === 'string') checkText(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    checkText(key);
    checkStorable(item, depth + 1);
  }
}

function checkText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new HubError(
      'INVALID_SHAPE',
      'The body contains text with U+0000 or a lone surrogate, which cannot be kept.',
    );
  }
}
