import { cutDeep } from './cut-deep.js';
import { sourceTextJson } from './source-text-json.js';

/** What stands in the place of a secret. */
export const MASK = '***';

const LONG_NAMES =
  'secret|passw(?:or)?d|passphrase|token(?!iz)|api[-_]?key|private[-_]?key|encryption[-_]?key|authorization|cookie|signature|credential|card[-_ ]?number|security[-_ ]?code';
/** Only as words of their own at the end of a name: other words contain them (`compass`, `shipping`, `company`). */
const SHORT_NAMES = 'pwd|pass|pin|pan|cv[vc]2?|card[-_ ]?n(?:o|um)';
const LONG = new RegExp(LONG_NAMES, 'i');
const SHORT = new RegExp(`(?:^|[^a-z])(?:${SHORT_NAMES})$`, 'i');
const SHORT_IN_CAMEL_CASE = /[a-z\d](?:P(?:wd|ass|in|an)|P(?:WD|ASS|IN|AN)|C(?:v[vc]|V[VC])2?|CardN(?:o|um))$/;

/**
 * What no text is without that holds a secret by its name: quick to find. A letter, digit or mark of ASCII may be written
 * as `\u00..` in JSON, in a name as well.
 */
const HINT = new RegExp(`${LONG_NAMES}|(?:${SHORT_NAMES})\\\\*"?\\s*[:=]|\\\\u00[2-7]`, 'i');

/** Whether a field or header of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return LONG.test(name) || SHORT.test(name) || SHORT_IN_CAMEL_CASE.test(name);
}

/** A flag tells nothing, as `has_password`. */
const isSecret = (name: string, value: unknown) => value != null && typeof value !== 'boolean' && isSecretName(name);

/** A copy of a JSON value in which every field that is named like a secret is masked, however deep, also within texts. */
export function maskSecrets(value: unknown): unknown {
  if (typeof value === 'string') return maskNamed(value);
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSecret(name, inner) ? MASK : maskSecrets(inner)]),
  );
}

/**
 * JSON text with every field masked that is named like a secret, also in JSON that is a text within it, and every number as it
 * was. What is nested too deeply to be looked through is left out, and said so. Null: nothing is to be masked, or it is no JSON.
 */
export function maskJson(text: string): string | null {
  if (!HINT.test(text)) return null;
  const shallow = cutDeep(text);
  let found = shallow !== text;
  const mask = (name: string, value: unknown, { source }: { source?: string }) => {
    if (typeof value === 'number' && source !== undefined && !isSecretName(name)) return sourceTextJson.rawJSON(source);
    const masked = isSecret(name, value) ? MASK : typeof value === 'string' ? maskNamed(value) : value;
    found ||= masked !== value;
    return masked;
  };
  try {
    const masked = sourceTextJson.parse(shallow, mask);
    return found ? JSON.stringify(masked) : null;
  } catch {
    return null;
  }
}

/** Bounded, so that no text makes the patterns slow. */
const LONGEST_NAME = 128;
/** Quotes may be escaped, as in JSON that is a text within JSON. Each row of backslashes is looked at once, from its beginning. */
const FIELD = new RegExp(`(?<!\\\\)(\\\\*)"([^"\\\\]{1,${LONGEST_NAME}})\\1"\\s*:\\s*`, 'g');
const PLAIN = /(?!(?:null|true|false)\b)[^\s,[\]{}"\\]+/y;
const FORM_FIELD = new RegExp(`((?:^|[?&])([^=&"\\s]{1,${LONGEST_NAME}})=)[^&#\\s"\\\\]*`, 'g');

/** Text with JSON and form fields that are named like secrets masked, whether or not it is JSON as a whole. */
export function maskNamed(text: string): string {
  if (!HINT.test(text)) return text;
  const fields = maskJson(text) ?? maskFields(text);
  return fields.replace(FORM_FIELD, (whole, start: string, name: string) =>
    isSecretName(name) ? `${start}${MASK}` : whole,
  );
}

function maskFields(text: string): string {
  let masked = '';
  let kept = 0;
  for (const { 0: start, 1: escapes = '', 2: name = '', index } of text.matchAll(FIELD)) {
    const from = index + start.length;
    if (from < kept || !isSecretName(name)) continue;
    const end = endOfValue(text, from, `${escapes}"`);
    if (end === from) continue;
    masked += `${text.slice(kept, from)}${escapes}"${MASK}${escapes}"`;
    kept = end;
  }
  return masked + text.slice(kept);
}

/** Where a value ends, or the text that was cut off within it. Where it stands: there is none, or it tells nothing. */
function endOfValue(text: string, from: number, quote: string): number {
  if (text.startsWith(quote, from)) return endOfText(text, from + quote.length, quote);
  const close = { '[': ']', '{': '}' }[text[from] ?? ''];
  if (close) return text.indexOf(close, from) + 1 || text.length;
  PLAIN.lastIndex = from;
  return PLAIN.test(text) ? PLAIN.lastIndex : from;
}

function endOfText(text: string, from: number, quote: string): number {
  let at = text.indexOf(quote, from);
  while (at > 0 && text[at - 1] === '\\') at = text.indexOf(quote, at + 1);
  return at < 0 ? text.length : at + quote.length;
}
