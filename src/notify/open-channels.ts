import { createUpstreamHttp } from '../connectors/upstream-http.js';
import type { Channel } from './channel.js';
import { createMail, type MailOptions } from './mail.js';
import { createSlack } from './slack.js';
import { createWebhook, type WebhookOptions } from './webhook.js';

/** Which channels are on; null: off. */
export interface ChannelOptions {
  mail: MailOptions | null;
  slack: { url: string } | null;
  webhook: WebhookOptions | null;
}

/**
 * The channels that are configured.
 * @param guarded whether only `https:` and no address of a private network may be called: always outside development
 */
export function openChannels({ mail, slack, webhook }: ChannelOptions, guarded: boolean): Channel[] {
  const openHttp = () => createUpstreamHttp({ httpsOnly: guarded, publicOnly: guarded });
  return [
    ...(mail ? [createMail(mail)] : []),
    ...(slack ? [createSlack(openHttp(), slack)] : []),
    ...(webhook ? [createWebhook(openHttp(), webhook)] : []),
  ];
}
