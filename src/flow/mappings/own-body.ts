import type { Effect } from '../../connectors/connector.js';
import { noFieldMappings } from '../../connectors/field-mappings.js';
import type { UpstreamHttp } from '../../connectors/upstream/http.js';
import { HubError } from '../../errors.js';
import type { EntityType } from '../../model/statuses.js';
import type { OpenIntegration } from '../integrations/open-integration.js';

/**
 * The wire body that an integration's connector makes of a snapshot by itself, before any rule. Nothing is sent: the
 * connector is stopped where it asks for the mappings, and it is given no way upstream.
 * @returns an empty object where the connector does not get so far
 */
export async function ownBody(
  { connector, credentials, settings }: OpenIntegration,
  entityType: EntityType,
  snapshot: unknown,
): Promise<unknown> {
  let body: unknown = {};
  const stop = () => {
    throw new HubError('INVALID_STATE', 'A trial of a mapping sends nothing.');
  };
  const mappings = {
    ...noFieldMappings,
    outbound: async <Body>(kind: EntityType, _snapshot: unknown, own: Body): Promise<Body> => {
      if (kind !== entityType) return own;
      body = own;
      return stop();
    },
  };
  const http: UpstreamHttp = { send: async () => stop() };
  const connection = connector.connect({ credentials, settings, mappings }, http);
  await connection.deliver(effectOf(entityType, snapshot)).catch(() => {});
  return body;
}

function effectOf(entityType: EntityType, snapshot: unknown): Effect {
  const given = snapshot as Effect['snapshot'];
  return {
    syncEventId: '0',
    idempotencyKey: 'trial',
    operation: 'CREATE',
    entityType,
    entityId: (given as { id?: string } | null)?.id ?? 'trial',
    snapshot: given,
    externalId: null,
    attempt: 1,
  };
}
