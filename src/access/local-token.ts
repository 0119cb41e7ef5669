import { BlockList, isIPv6 } from 'node:net';
import { HubError } from '../errors.js';
import { issueToken, type TokenConfig } from './token.js';

/** The request of a browser that asks for a token without having one. */
export interface LocalRequest {
  /** The other end of the connection, never a forwarded address. */
  remoteAddress: string | undefined;
  /** Names lower-case. */
  headers: Record<string, string | string[] | undefined>;
}

const TTL_SECONDS = 12 * 3600;
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * An admin token for the UI on the machine that runs the hub, outside production only. The Host header is checked
 * because a foreign page can point its own name at 127.0.0.1; a cross-site or forwarded request gets none.
 * @throws HubError FORBIDDEN
 */
export async function issueLocalToken(
  config: TokenConfig,
  production: boolean,
  request: LocalRequest,
): Promise<string> {
  if (production || !isLocal(request)) {
    throw new HubError('FORBIDDEN', 'A token is given only to a browser on this machine, outside production.');
  }
  return issueToken(config, { sub: 'local-admin', role: 'admin' }, TTL_SECONDS);
}

function isLocal({ remoteAddress, headers }: LocalRequest): boolean {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  return (
    remoteAddress !== undefined &&
    loopback.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4') &&
    typeof host === 'string' &&
    LOCAL_HOST.test(host) &&
    headers['x-forwarded-for'] === undefined &&
    headers['forwarded'] === undefined &&
    (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) &&
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}
