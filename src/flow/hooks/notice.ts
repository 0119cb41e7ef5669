/** What custom code can be told of; a module exports functions of these names. `failed`: for good. */
export const HOOKS = ['beforeSend', 'afterSend', 'success', 'failed'] as const;
export type HookName = (typeof HOOKS)[number];

/** What a hook is told. It holds no secret, and to change it changes nothing. */
export interface DeliveryNotice {
  sync: {
    id: string;
    integrationId: string;
    entityType: string;
    entityId: string;
    operation: string;
    idempotencyKey: string;
    /** 1 for the first. */
    attempt: number;
    externalId: string | null;
  };
  /** The order, invoice or other entity as it was accepted, amounts as decimal text; null for a query. */
  entity: unknown;
  /** `beforeSend`: the body that goes out. */
  payload?: unknown;
  /** `afterSend`, `success` and `failed`: the last answer, its body as text; null when there was none. */
  response?: { status: number; body: string | null } | null;
  /** `afterSend` and `failed`: what went wrong. */
  error?: { code: string; message: string } | null;
}

/** One call of a hook, on its way to the thread. */
export interface HookTask {
  name: HookName;
  /** JSON of the notice. */
  notice: string;
}
