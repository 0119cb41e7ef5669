import { z } from 'zod';
import { type Problem, problemWith } from './problems.js';
import type { ValuesOf, Variable } from './variables.js';

const addresses = z
  .string()
  .transform((text) => text.split(',').map((address) => address.trim()))
  .pipe(z.array(z.email()).min(1));
const httpUrl = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol));

/** By what channels people are told of something. Each is off until it is configured. */
export const NOTIFICATIONS = {
  PUBLIC_URL: {
    schema: httpUrl.transform((text) => text.replace(/\/+$/, '')),
    about: 'Where people reach the hub: links in messages begin with it. Not set: they begin with `/`.',
    expected: 'a URL',
    example: 'https://syncline.example.com',
  },
  NOTIFY_SMTP_URL: {
    schema: z.string().refine((text) => URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol)),
    about: 'The mail server. Not set: no mail is sent.',
    expected: 'smtp://user:password@host:port, or smtps: for TLS from the start',
    example: 'smtp://syncline:password@mail.example.com:587',
    secret: true,
  },
  NOTIFY_MAIL_FROM: {
    schema: z.email(),
    about: 'The sender of mails; needed beside `NOTIFY_SMTP_URL`.',
    expected: 'a mail address',
    example: 'syncline@example.com',
  },
  NOTIFY_MAIL_TO: {
    schema: addresses,
    about: 'The operators: they get alerts, and whatever has no recipient of its own.',
    expected: 'mail addresses, separated by commas',
    example: 'ops@example.com',
  },
  NOTIFY_SLACK_URL: {
    schema: httpUrl,
    about: 'An incoming webhook of Slack. Not set: nothing is posted there.',
    expected: 'the address that Slack gave you: a URL with https: (http: only outside production)',
    example: 'https://hooks.slack.com/services/T000/B000/XXXX',
    secret: true,
  },
  NOTIFY_WEBHOOK_URL: {
    schema: httpUrl,
    about:
      'Every message is posted there as JSON, signed as Standard Webhooks says. In production it must be `https:` and no private address.',
    expected: 'a URL with https: (http: only outside production)',
    example: 'https://example.com/syncline-notifications',
  },
  NOTIFY_WEBHOOK_SECRET: {
    schema: z.string().min(16),
    about: 'Signs what is posted to `NOTIFY_WEBHOOK_URL`, and is needed beside it.',
    expected: 'at least 16 characters',
    example: '`openssl rand -hex 32`',
    secret: true,
  },
} as const satisfies Record<string, Variable>;

type Values = ValuesOf<typeof NOTIFICATIONS>;

/** The channels that are on; null: off. What `openChannels` takes. */
export interface NotificationConfig {
  mail: { smtpUrl: string; from: string; to: string[] } | null;
  slack: { url: string } | null;
  webhook: { url: string; secret: string } | null;
  /** What links in messages begin with, without a slash at its end; null: they stay paths. */
  publicUrl: string | null;
}

/** Tells `problems` of a channel that is configured by half, and in production of an address without TLS. */
export function notificationConfigOf(values: Values, problems: Problem[], production: boolean): NotificationConfig {
  const { NOTIFY_SMTP_URL: smtpUrl, NOTIFY_MAIL_FROM: from, NOTIFY_MAIL_TO: to = [] } = values;
  const { NOTIFY_SLACK_URL: slackUrl, NOTIFY_WEBHOOK_URL: url, NOTIFY_WEBHOOK_SECRET: secret } = values;
  const known = (name: string) => problems.some(({ variable }) => variable === name);
  const need = (name: keyof Values) => {
    if (!known(name)) problems.push(problemWith(name, NOTIFICATIONS[name], undefined));
  };
  if (production) refuseOpenAddresses(values, problems);
  if (smtpUrl && !from) need('NOTIFY_MAIL_FROM');
  if (url && !secret) need('NOTIFY_WEBHOOK_SECRET');
  return {
    mail: smtpUrl && from ? { smtpUrl, from, to } : null,
    slack: slackUrl ? { url: slackUrl } : null,
    webhook: url && secret ? { url, secret } : null,
    publicUrl: values.PUBLIC_URL ?? null,
  };
}

function refuseOpenAddresses(values: Values, problems: Problem[]): void {
  for (const name of ['NOTIFY_SLACK_URL', 'NOTIFY_WEBHOOK_URL'] as const)
    if (/^http:/i.test(values[name] ?? '')) problems.push(problemWith(name, NOTIFICATIONS[name], values[name]));
}
