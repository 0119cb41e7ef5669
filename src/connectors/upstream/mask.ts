import { isSecretName, MASK, maskNamed } from '../../model/mask-secrets.js';

/** Shorter values would mask ordinary words. */
const SHORTEST_SECRET = 6;

/**
 * Headers with the values of those that carry credentials or signatures replaced, and in the others the given secrets,
 * as in the address of a redirect.
 */
export function maskHeaders(
  headers: Record<string, string | undefined>,
  secrets: readonly string[] = [],
): Record<string, string> {
  const masked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) masked[name] = isSecretName(name) ? MASK : maskText(value, secrets);
  return masked;
}

/** The credentials that a request carries in its headers, and others that are known: masked wherever an upstream echoes them. */
export function secretsOf(headers: Record<string, string>, others: readonly string[] = []): string[] {
  const sent = Object.entries(headers)
    .filter(([name]) => isSecretName(name))
    .flatMap(([, value]) => [value, ...value.split(/[\s;=]+/)]);
  const known = [...sent, ...others].filter((value) => value.length >= SHORTEST_SECRET).flatMap(spellingsOf);
  return [...new Set(known)].sort((a, b) => b.length - a.length);
}

/** As it is, within JSON text and within an address. */
function spellingsOf(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}

/** Text with the given secrets, and JSON and form fields that are named like secrets, replaced. */
export function maskText(text: string, secrets: readonly string[]): string {
  return maskNamed(secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text));
}

/** A URL without user, password and the values of query parameters that are named like secrets. */
export function maskUrl(url: string, secrets: readonly string[]): string {
  return maskText(url.replace(/\/\/[^/@]*@/, `//${MASK}@`), secrets);
}
