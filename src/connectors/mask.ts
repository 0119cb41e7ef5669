const MASK = '***';
const SECRET_HEADER = /authorization|cookie|signature|secret|token|password|api-?key/i;
const SECRET_NAME = '[\\w.-]*(?:secret|token|passw|api_?-?key|authorization|credential|signature)[\\w.-]*';
/** Also matches a value whose end was cut off. */
const JSON_FIELD = new RegExp(`("${SECRET_NAME}"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"?|\\[[^\\]]*\\]?|[^\\s,{}\\]]+)`, 'gi');
const FORM_FIELD = new RegExp(`((?:^|[?&])${SECRET_NAME}=)[^&#\\s"]*`, 'gi');
/** Shorter values would mask ordinary words. */
const SHORTEST_SECRET = 6;

/** Headers with the values of those that carry credentials or signatures replaced. */
export function maskHeaders(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, SECRET_HEADER.test(name) ? MASK : value]],
    ),
  );
}

/** The credentials that a request carries in its headers: masked wherever an upstream echoes them. */
export function secretsOf(headers: Record<string, string>): string[] {
  return Object.entries(headers)
    .filter(([name]) => SECRET_HEADER.test(name))
    .flatMap(([, value]) => [value, ...value.split(/[\s;=]+/)])
    .filter((value) => value.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length);
}

/** Text with the given secrets, and JSON and form fields that are named like secrets, replaced. */
export function maskText(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
  return known.replace(JSON_FIELD, `$1"${MASK}"`).replace(FORM_FIELD, `$1${MASK}`);
}

/** A URL without user, password and the values of query parameters that are named like secrets. */
export function maskUrl(url: string, secrets: readonly string[]): string {
  return maskText(url.replace(/\/\/[^/@]*@/, `//${MASK}@`), secrets);
}
