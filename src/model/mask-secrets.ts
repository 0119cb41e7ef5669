import { sourceTextJson } from './source-text-json.js';

/** What stands in the place of a secret. */
export const MASK = '***';

/** What the names of secrets contain. */
export const SECRET_NAME =
  /secret|passw(or)?d|passphrase|token(?!iz)|api[-_]?key|private[-_]?key|encryption[-_]?key|authorization|cookie|signature|credential/i;

/** Whether a field or header of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A copy of a JSON value in which every field that is named like a secret is masked, however deep. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretName(name) && inner != null ? MASK : maskSecrets(inner),
    ]),
  );
}

/** A letter, digit or mark of ASCII may be written so in JSON, in a name as well. */
const ESCAPED = /\\u00[2-7]/i;

/** JSON text with every field masked that is named like a secret, and every number as it was; null: none is, or it is no JSON. */
export function maskJson(text: string): string | null {
  if (!SECRET_NAME.test(text) && !ESCAPED.test(text)) return null;
  let found = false;
  const mask = (key: string, value: unknown, { source }: { source?: string }) => {
    const isSecret = isSecretName(key) && value !== null;
    found ||= isSecret;
    if (isSecret) return MASK;
    return typeof value === 'number' && source !== undefined ? sourceTextJson.rawJSON(source) : value;
  };
  try {
    const masked = sourceTextJson.parse(text, mask);
    return found ? JSON.stringify(masked) : null;
  } catch {
    return null;
  }
}
