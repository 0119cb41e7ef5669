import type { FastifyInstance } from 'fastify';
import type { Effects } from './effects.js';
import type { SimulatorOptions } from './options.js';
import type { Random } from './random.js';
import type { WebhookOrder } from './webhook-order.js';
import type { OutgoingWebhook, WebhookSender } from './webhook-sender.js';

/** What every simulator is given. */
export interface SimulatorKit {
  options: SimulatorOptions;
  random: Random;
  effects: Effects;
  webhooks: WebhookSender;
}

/** What the control API needs of a simulated system. */
export interface SimulatedSystem {
  /** Its entities, by collection. */
  state(): Record<string, unknown>;
  clear(): void;
  /** Moves an entity to a status whatever its present one; answers the entity, or null when there is none. */
  move(id: string, status: string, tellHub: boolean): unknown;
  /** Null when there is no such entity. */
  webhook(order: WebhookOrder): OutgoingWebhook | null;
  /** What `restore` takes after a restart: a JSON value. */
  save(): unknown;
  restore(kept: unknown): void;
}

/** Registers the vendor's API on `app` and answers the system behind it. */
export type BuildSystem = (app: FastifyInstance, kit: SimulatorKit) => SimulatedSystem;
