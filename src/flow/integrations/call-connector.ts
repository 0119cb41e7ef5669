import type { Logger } from 'pino';
import { failedDelivery } from '../../connectors/classify.js';
import type { Connection, DeliveryResult, Effect } from '../../connectors/connector.js';
import type { Exchange } from '../../connectors/http.js';
import { HubError } from '../../errors.js';
import type { DeliveryHooks } from '../hooks/delivery-hooks.js';

type FindOpen = (id: string) => Promise<{ connection: Connection; settings: unknown }>;

interface CallDeps {
  hooks?: Pick<DeliveryHooks, 'during'>;
  log: Logger;
}

/** One effect by its integration's connector; whatever a connector or its configuration can do is a result. */
export async function callConnector(
  { hooks, log }: CallDeps,
  byId: FindOpen,
  integrationId: string,
  effect: Effect,
): Promise<DeliveryResult> {
  const opened = await byId(integrationId).catch(asHubError);
  if (opened instanceof HubError) return failedDelivery(opened);
  try {
    const { syncEventId: id, snapshot, ...more } = effect;
    const send = () => opened.connection.deliver(effect);
    return await (hooks ? hooks.during({ id, integrationId, ...more }, snapshot, send) : send());
  } catch (error) {
    if (error instanceof HubError) return failedDelivery(error);
    log.error({ err: error, integrationId, syncEventId: effect.syncEventId }, 'connector failed unexpectedly');
    return failedDelivery(new HubError('INTERNAL', "The connector failed unexpectedly; the hub's log has the reason."));
  }
}

/** Where the hub's database went before the system was asked anything, nothing was tried. @throws HubError DATABASE_UNAVAILABLE */
export function requireTried(result: DeliveryResult, exchanges: readonly Exchange[]): void {
  if (result.kind === 'retry' && result.code === 'DATABASE_UNAVAILABLE' && exchanges.length === 0) throw result.cause;
}

/** The setting `debug` of a connector that has it: the exchanges, with their secrets masked, in the log. */
export async function logIfWished(
  byId: FindOpen,
  integrationId: string,
  { syncEventId, attempt }: Effect,
  exchanges: Exchange[],
  log: Logger,
): Promise<void> {
  const opened = await byId(integrationId).catch(() => null);
  const { debug } = (opened?.settings ?? {}) as { debug?: unknown };
  if (debug === true) log.info({ integrationId, syncEventId, attempt, exchanges }, 'exchanges of an attempt');
}

/** An integration that cannot be opened rejects its effects; a database that is away must not. */
function asHubError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  throw error;
}
