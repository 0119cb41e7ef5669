import type { UpstreamHttp } from '../connectors/upstream/http.js';

const TIMEOUT_MS = 10_000;

/** Posts JSON. @throws Error when the other side did not take it; the address, which may be a secret, is in no message */
export async function post(
  http: UpstreamHttp,
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const request = { method: 'POST', url, body, timeoutMs: TIMEOUT_MS } as const;
  const { status } = await http.send({ ...request, headers: { 'content-type': 'application/json', ...headers } });
  if (status < 200 || status > 299) throw new Error(`${new URL(url).host} answered ${status}`);
}
