import type { Logger } from 'pino';
import type { Connection, DeliveryResult, Effect } from '../../connectors/connector.js';
import { failedDelivery } from '../../connectors/upstream/classify.js';
import { recordExchanges } from '../../connectors/upstream/exchanges.js';
import type { Exchange } from '../../connectors/upstream/http.js';
import { HubError } from '../../errors.js';
import type { Delivery } from '../../outbox/lane.js';
import type { DeliveryHooks } from '../hooks/delivery-hooks.js';

/** How an effect reaches the connector of its integration. */
interface Way {
  byId(id: string): Promise<{ connection: Connection; settings: unknown }>;
  hooks?: Pick<DeliveryHooks, 'during'>;
  log: Logger;
}

/**
 * One effect by its integration's connector; whatever a connector or its configuration can do is a result.
 * @throws HubError DATABASE_UNAVAILABLE where the hub's database went before the system was asked anything: nothing was tried
 */
export async function callConnector(way: Way, integrationId: string, effect: Effect): Promise<Delivery> {
  const exchanges: Exchange[] = [];
  const result = await recordExchanges(exchanges, () => send(way, integrationId, effect));
  const isUntried = result.kind === 'retry' && result.code === 'DATABASE_UNAVAILABLE' && exchanges.length === 0;
  if (isUntried) throw result.cause;
  await logIfWished(way, integrationId, effect, exchanges);
  return { result, exchanges };
}

async function send({ byId, hooks, log }: Way, integrationId: string, effect: Effect): Promise<DeliveryResult> {
  const opened = await byId(integrationId).catch(asHubError);
  if (opened instanceof HubError) return failedDelivery(opened);
  try {
    const { syncEventId: id, snapshot, ...more } = effect;
    const deliver = () => opened.connection.deliver(effect);
    return await (hooks ? hooks.during({ id, integrationId, ...more }, snapshot, deliver) : deliver());
  } catch (error) {
    if (error instanceof HubError) return failedDelivery(error);
    log.error({ err: error, integrationId, syncEventId: effect.syncEventId }, 'connector failed unexpectedly');
    return failedDelivery(new HubError('INTERNAL', "The connector failed unexpectedly; the hub's log has the reason."));
  }
}

/** The setting `debug` of a connector that has it: the exchanges, with their secrets masked, in the log. */
async function logIfWished(
  { byId, log }: Way,
  integrationId: string,
  { syncEventId, attempt }: Effect,
  exchanges: readonly Exchange[],
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
