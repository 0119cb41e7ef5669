import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { FaultRule, type Faults } from './faults.js';
import type { SimulatedSystem, SimulatorKit } from './kit.js';
import type { ReceivedRequest } from './requests.js';
import { WebhookOrder } from './webhook-order.js';

export const Move = z.strictObject({
  id: z.string(),
  status: z.string(),
  /** Whether a webhook tells the hub, until it is taken. */
  webhook: z.boolean().default(true),
});

/** Where webhooks go from now on; null: nowhere. */
export const Configuration = z.strictObject({ webhookUrl: z.url().nullable() });

/** What the control API controls. */
export interface Controlled {
  kit: SimulatorKit;
  system: SimulatedSystem;
  faults: Faults;
  requests: { list(): readonly ReceivedRequest[]; clear(): void };
}

/** The control API, below `/_control`; no fault hits it. */
export function registerControl(app: FastifyInstance, { kit, system, faults, requests }: Controlled): void {
  app.get('/state', async () => ({ ...system.state(), effects: kit.effects.list(), webhooks: kit.webhooks.list() }));
  app.get('/requests', async () => requests.list());
  app.get('/faults', async () => faults.list());
  app.post('/faults', async (request) => {
    faults.add(FaultRule.parse(request.body));
    return faults.list();
  });
  app.delete('/faults', async () => {
    faults.clear();
    return faults.list();
  });
  app.post('/webhooks', async (request, reply) => {
    const order = WebhookOrder.parse(request.body);
    const webhook = system.webhook(order);
    if (!webhook) return reply.code(404).send({ message: `There is no ${order.id} here.` });
    return Promise.all(Array.from({ length: order.times }, () => kit.webhooks.sendOnce(webhook)));
  });
  app.post('/advance', async (request, reply) => {
    const { id, status, webhook } = Move.parse(request.body);
    return system.move(id, status, webhook) ?? reply.code(404).send({ message: `There is no ${id} here.` });
  });
  app.put('/configuration', async (request) => {
    const { webhookUrl } = Configuration.parse(request.body);
    kit.webhooks.target = webhookUrl;
    return { webhookUrl };
  });
  app.post('/reset', async () => {
    for (const part of [system, kit.effects, kit.webhooks, faults, requests]) part.clear();
    return {};
  });
}
