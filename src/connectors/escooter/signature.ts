import { createHmac } from 'node:crypto';

/** base64 HMAC-SHA256 of the exact bytes, both ways. */
export function signatureOf(body: string | Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}
