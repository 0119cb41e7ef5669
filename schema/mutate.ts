import { actorOf, audit, durationOf, requestOf } from '../src/access/audit.js';
import type { Caller } from '../src/access/caller.js';
import { namedIn } from '../src/access/named-in.js';
import { sqlOn } from '../src/db/database.js';
import { HubError } from '../src/errors.js';
import { repeatDeadlocked } from '../src/flow/repeat-deadlocked.js';
import type { Services } from '../src/flow/services.js';
import type { HubContext } from './context.js';
import { type MutationPayload, payloadOf } from './mutation-payload.js';

/** A mutation, for what is said of it when it fails. */
export interface MutationInfo<Payload extends MutationPayload> {
  /** What the audit log calls it. */
  action: string;
  /** The argument that paths of wrong input begin with; left out where the arguments themselves are the input. */
  argument?: string;
  /** The payload's fields when there is no result. */
  failed: Omit<Payload, 'userErrors'>;
}

/**
 * Runs a use case for a mutation: expected failures become `userErrors` and an audit entry, anything else bubbles. What
 * was done is audited by the use case, in its own transaction.
 */
export function mutate<Payload extends MutationPayload>(
  context: HubContext,
  { action, argument, failed }: MutationInfo<Payload>,
  work: (services: Services, caller: Caller) => Promise<Omit<Payload, 'userErrors'>>,
): Promise<Payload> {
  const { services, caller, requestId, request } = context;
  const named = { ...caller, requestId, request, startedAt: performance.now() };
  const attempt = async () => {
    await requireAllowed(context, named, action);
    try {
      return await repeatDeadlocked(services.log, () => work(services, named));
    } catch (error) {
      if (error instanceof HubError) await auditFailure(services, named, action, error);
      throw error;
    }
  };
  return payloadOf<Payload>(failed, attempt, argument);
}

/** By the mutation's rule; a refusal is audited. @throws HubError FORBIDDEN */
export async function requireAllowed(context: HubContext, caller: Caller, action: string): Promise<void> {
  if (!context.requireAllowed) throw new Error(`${action} is run without its rule`);
  try {
    await context.requireAllowed(caller);
  } catch (error) {
    if (error instanceof HubError) await auditFailure(context.services, caller, action, error);
    throw error;
  }
}

async function auditFailure(services: Services, caller: Caller, action: string, error: HubError): Promise<void> {
  if (error.code === 'FORBIDDEN') services.noteSecurityEvent('RIGHT_REFUSED');
  const entry = {
    ...actorOf(caller),
    action,
    outcome: error.code === 'FORBIDDEN' ? ('REFUSED' as const) : ('FAILED' as const),
    merchantId: caller.merchantId,
    ...namedIn(action, caller.request),
    details: { code: error.code, message: error.message, path: error.inputPath ?? null, ...requestOf(caller) },
    requestId: caller.requestId,
    durationMs: durationOf(caller),
  };
  await audit(sqlOn(services.db.pool), entry).catch((reason: unknown) =>
    services.log.warn({ err: reason, action }, 'failed mutation not audited'),
  );
}
