import type { Connector } from '../connectors/connector.js';
import type { Tx } from '../db/database.js';
import type { EntityType } from '../model/statuses.js';
import { effectiveSettings } from './read-integrations.js';
import type { Services } from './services.js';

/** An entity that travels to integrations. */
export interface Sendable {
  merchantId: string;
  entityType: Extract<EntityType, 'ORDER' | 'INVOICE'>;
  entityId: string;
}

/** Where an entity is sent to. Also an integration that cannot be opened is one: its sync events wait until it can. */
export interface Recipient {
  id: string;
  /** The first try included. */
  maxAttempts: number;
}

interface Row {
  id: string;
  connector: string;
  settings: string;
  mappings: string;
}

const ENABLED = `select id, connector, settings::text, mappings::text from integrations
where merchant_id = $1 and enabled and deleted_at is null order by id`;

/** The enabled integrations of the merchant whose connector takes this kind of entity, as the transaction sees them. */
export async function findRecipients(services: Services, tx: Tx, entity: Sendable): Promise<Recipient[]> {
  const rows = await tx.sql<Row>(ENABLED, [entity.merchantId]);
  return rows.flatMap((row) => {
    const connector = services.connectors.find(({ name }) => name === row.connector);
    if (!connector?.sends.includes(entity.entityType)) return [];
    return [{ id: row.id, maxAttempts: maxAttemptsOf(connector, row) }];
  });
}

/** Settings that no longer fit their connector are mended before anything is sent, so the number then is a guess. */
function maxAttemptsOf(connector: Connector, { settings, mappings }: Row): number {
  const effective = effectiveSettings({ settings: JSON.parse(settings), mappings: JSON.parse(mappings) });
  const parsed = connector.settings.safeParse(effective);
  return parsed.success ? connector.policy(parsed.data).maxAttempts : 1;
}
