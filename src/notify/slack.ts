import type { UpstreamHttp } from '../connectors/upstream/http.js';
import type { Channel } from './channel.js';
import { post } from './post.js';

/** Slack's incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. */
export function createSlack(http: UpstreamHttp & { close(): void }, { url }: { url: string }): Channel {
  return {
    name: 'slack',
    takes: () => true,
    send: ({ subject, body }) =>
      post(http, url, JSON.stringify({ text: `*${escapeMarkup(subject)}*\n${escapeMarkup(body)}` })),
    close: () => http.close(),
  };
}

/** What Slack would take for markup or a mention. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
