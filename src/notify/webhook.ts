import { Webhook } from 'standardwebhooks';
import type { UpstreamHttp } from '../connectors/upstream/http.js';
import type { Channel } from './channel.js';
import { post } from './post.js';

export interface WebhookOptions {
  url: string;
  /** Signs each request as https://www.standardwebhooks.com says. */
  secret: string;
}

/** The whole message as JSON; `webhook-id` and `Idempotency-Key` are the message's id on every attempt. */
export function createWebhook(http: UpstreamHttp & { close(): void }, { url, secret }: WebhookOptions): Channel {
  const signer = new Webhook(secret, { format: 'raw' });
  return {
    name: 'webhook',
    takes: () => true,
    send: async (message) => {
      const body = JSON.stringify(message);
      const now = new Date();
      await post(http, url, body, {
        'webhook-id': message.id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': signer.sign(message.id, now, body),
        'idempotency-key': message.id,
      });
    },
    close: () => http.close(),
  };
}
