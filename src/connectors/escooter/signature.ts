import { createHmac, timingSafeEqual } from 'node:crypto';

/** base64 HMAC-SHA256 of the exact bytes, both ways. */
export function signatureOf(body: string | Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/** In constant time. */
export function isSignature(given: string, body: Buffer | string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const received = Buffer.from(given, 'base64');
  const same = timingSafeEqual(expected, received.length === expected.length ? received : Buffer.alloc(32));
  // Node reads base64 leniently: of several texts for the same bytes only the proper one counts.
  return same && received.toString('base64') === given;
}
