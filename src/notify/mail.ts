import { createTransport } from 'nodemailer';
import type { Channel } from './channel.js';

export interface MailOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  smtpUrl: string;
  from: string;
  /** The operators: for messages without recipients of their own. */
  to: readonly string[];
}

const PATIENCE_MS = 10_000;

/** Mail by SMTP. The Message-ID is the message's own, so that a mailbox can drop a repetition. */
export function createMail({ smtpUrl, from, to }: MailOptions): Channel {
  const patience = { connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS };
  const transport = createTransport({ url: smtpUrl, ...patience });
  return {
    name: 'mail',
    takes: ({ recipients }) => recipients.length > 0 || to.length > 0,
    send: async ({ id, kind, subject, body, recipients }) => {
      await transport.sendMail({
        from,
        to: recipients.length > 0 ? recipients : [...to],
        subject,
        text: body,
        messageId: `<${id}@syncline>`,
        headers: { 'X-Syncline-Kind': kind },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    },
    close: () => transport.close(),
  };
}
