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
