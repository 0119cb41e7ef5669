/** What JSON can say and jsonb cannot hold: U+0000 and halves of surrogate pairs. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

/** JSON that jsonb takes, whatever somebody sent: unstorable characters become U+FFFD. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!UNSTORABLE.test(text)) return text;
  return JSON.stringify(value, (_, part) => (typeof part === 'string' ? toStorable(part) : part));
}

/** Text that a text column takes. */
export function toStorable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
