type Fields = Record<string, unknown> | null | undefined;

/** Clients of the gateway give the address of a system as `credentials.endpoint`; here it is `settings.baseUrl`, which goes before. */
export function placeEndpoint<Given extends { credentials?: Fields; settings?: Fields }>(given: Given): Given {
  if (typeof given.credentials?.['endpoint'] !== 'string') return given;
  const { endpoint: baseUrl, ...credentials } = given.credentials;
  return { ...given, credentials, settings: { baseUrl, ...given.settings } };
}
