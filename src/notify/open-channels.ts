import { createUpstreamHttp } from '../connectors/upstream/upstream-http.js';
import type { Channel } from './channel.js';
import type { MailOptions } from './mail.js';
import { createSlack } from './slack.js';
import { createWebhook, type WebhookOptions } from './webhook.js';

/** Which channels are on; null: off. */
export interface ChannelOptions {
  mail: MailOptions | null;
  slack: { url: string } | null;
  webhook: WebhookOptions | null;
}

/**
 * The channels that are configured. What sends mail is large, and loaded only for those who send some.
 * @param guarded whether only `https:` and no address of a private network may be called: always outside development
 */
export async function openChannels({ mail, slack, webhook }: ChannelOptions, guarded: boolean): Promise<Channel[]> {
  const openHttp = () => createUpstreamHttp({ httpsOnly: guarded, publicOnly: guarded });
  return [
    ...(mail ? [(await import('./mail.js')).createMail(mail)] : []),
    ...(slack ? [createSlack(openHttp(), slack)] : []),
    ...(webhook ? [createWebhook(openHttp(), webhook)] : []),
  ];
}
