import { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import { auditDone } from '../access/audit-done.js';
import { checkInput, label } from '../check-input.js';
import type { Services } from '../services.js';
import { lockIntegration } from './lock-integration.js';

const SHORTEST_SECRET = 8;
const MOST_EVENTS = 100;

const registerWebhookSchema = z.object({
  integrationId: label(),
  url: z.url({ protocol: /^https?$/, error: 'is no address such as https://hub.example.com/webhooks/…' }).max(2000),
  events: z
    .array(label(100))
    .max(MOST_EVENTS, `has more than ${MOST_EVENTS} events`)
    .nullish()
    .transform((events) => events ?? []),
  secret: label(1000).min(SHORTEST_SECRET, `is shorter than ${SHORTEST_SECRET} characters`).nullish(),
});
export type RegisterWebhook = z.input<typeof registerWebhookSchema>;

const SAVE = `
insert into webhook_registrations (integration_id, merchant_id, url, events, sealed_secret) values ($1, $2, $3, $4, $5::jsonb)
on conflict (integration_id) do update
set url = excluded.url, events = excluded.events, sealed_secret = excluded.sealed_secret, updated_at = now()`;

/**
 * Says that a system sends webhooks by the gateway's scheme, signed with this secret, about these events (none: all);
 * answers the integration's id. The secret is sealed and never read back. Without one, senders must bring an API key. A
 * second registration replaces the first.
 * @throws HubError BAD_USER_INPUT with the field's path, NOT_FOUND
 */
export async function registerWebhook(services: Services, caller: Caller, input: RegisterWebhook): Promise<string> {
  const wanted = checkInput(registerWebhookSchema as z.ZodType<z.output<typeof registerWebhookSchema>>, input);
  const { integrationId, url, events, secret } = wanted;
  return services.db.transaction(async (tx) => {
    const { merchantId } = await lockIntegration(tx, caller, integrationId, ['integrationId']);
    const sealed = secret ? JSON.stringify(services.sealCredentials(integrationId, { webhookSecret: secret })) : null;
    await tx.sql(SAVE, [integrationId, merchantId, url, events, sealed]);
    tx.afterCommit(() => services.integrations.changed());
    await auditDone(tx, caller, {
      action: 'webhook.register',
      ...{ merchantId, integrationId },
      details: { url, events, keyRequired: sealed === null },
    });
    return integrationId;
  });
}
