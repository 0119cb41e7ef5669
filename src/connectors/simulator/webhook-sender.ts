import { setTimeout as delay } from 'node:timers/promises';

/** One webhook, signed and ready. */
export interface OutgoingWebhook {
  eventId: string;
  /** Below the webhook URL: `/order`, or empty. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What became of a webhook. */
export interface SentWebhook {
  eventId: string;
  path: string;
  attempts: number;
  /** Of the last attempt; null: no answer. */
  status: number | null;
  answer: string | null;
}

/** Sends webhooks to the hub. */
export interface WebhookSender {
  target: string | null;
  list(): readonly SentWebhook[];
  /** Forgets what was sent and gives up what was not. */
  clear(): void;
  /** One attempt. */
  sendOnce(webhook: OutgoingWebhook): Promise<SentWebhook>;
  /** In the background, again and again until a 2xx comes or the patience ends. */
  sendUntilTaken(webhook: OutgoingWebhook): void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;
/** With the waits above, some ten minutes. */
const MOST_ATTEMPTS = 120;
const TIMEOUT_MS = 10_000;

export function createWebhookSender(target: string | null): WebhookSender {
  let sent: SentWebhook[] = [];
  let patience = new AbortController();
  const sender: WebhookSender = {
    target,
    list: () => sent,
    clear() {
      patience.abort();
      patience = new AbortController();
      sent = [];
    },
    async sendOnce(webhook) {
      const entry = newEntry(webhook);
      sent.push(entry);
      await attempt(sender.target, webhook, entry);
      return entry;
    },
    sendUntilTaken(webhook) {
      if (sender.target === null) return;
      const entry = newEntry(webhook);
      sent.push(entry);
      void repeat(sender, webhook, entry, patience.signal);
    },
  };
  return sender;
}

function newEntry({ eventId, path }: OutgoingWebhook): SentWebhook {
  return { eventId, path, attempts: 0, status: null, answer: null };
}

async function repeat(sender: WebhookSender, webhook: OutgoingWebhook, entry: SentWebhook, signal: AbortSignal) {
  for (let waitMs = FIRST_RETRY_MS; entry.attempts < MOST_ATTEMPTS; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
    await attempt(sender.target, webhook, entry);
    if (signal.aborted || (entry.status !== null && entry.status < 300)) return;
    await delay(waitMs, undefined, { ref: false });
    if (signal.aborted) return;
  }
}

async function attempt(target: string | null, webhook: OutgoingWebhook, entry: SentWebhook): Promise<void> {
  entry.attempts++;
  try {
    const response = await fetch(`${target}${webhook.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...webhook.headers },
      body: webhook.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    entry.status = response.status;
    entry.answer = await response.text();
  } catch (error) {
    entry.status = null;
    entry.answer = error instanceof Error ? error.message : String(error);
  }
}
