import { explainLost, findLostNumber } from '../model/lost-number.js';

/**
 * The answer to a message of `graphql-transport-ws` that begins an operation and holds a number that reading it would
 * change; null: there is none, or it is for the protocol to judge.
 */
export function refuseLostNumbers(text: string): string | null {
  try {
    const lost = findLostNumber(text);
    const { type, id } = lost ? (JSON.parse(text) as { type?: unknown; id?: unknown }) : {};
    if (!lost || type !== 'subscribe' || typeof id !== 'string') return null;
    const extensions = { code: 'BAD_USER_INPUT', retryable: false, ...(lost.field !== null && { path: [lost.field] }) };
    return JSON.stringify({ id, type: 'error', payload: [{ message: explainLost(lost), extensions }] });
  } catch {
    return null;
  }
}
