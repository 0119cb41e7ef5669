import type { Connector, Hold, Sending } from '../../connectors/connector.js';
import { effectiveSettings } from '../integrations/read-integrations.js';
import type { Sendable } from '../sendable.js';
import type { HubWork } from '../work.js';

/** Where an entity is sent to. Also an integration that cannot be opened is one: its sync events wait until it can. */
export interface Recipient {
  id: string;
  /** The first try included. */
  maxAttempts: number;
  connector: Connector;
  /** How long it is held; null: not at all. */
  hold: Hold | null;
  /** Whether the connector takes the entity as it is now. */
  accepts(sending: Omit<Sending, 'linked'>): boolean;
}

interface Row {
  id: string;
  connector: string;
  enabled: boolean;
  settings: string;
  mappings: string;
}

const READ = `select id, connector, enabled, settings::text, mappings::text from integrations
where merchant_id = $1 and deleted_at is null order by id`;

/** Whoever switches one of them on waits for this transaction, and then finds what it has missed. */
const KEEP_OFF = `select 1 from integrations where merchant_id = $1 and not enabled and deleted_at is null for share`;

const LINKED = 'select integration_id from links where entity_type = $1 and entity_id = $2';

/** The enabled integrations of the merchant whose connector takes this kind of entity, as the transaction sees them. */
export async function findRecipients({ services, tx }: HubWork, entity: Sendable): Promise<Recipient[]> {
  const takes = ({ connector }: Row) =>
    services.connectors.some(({ name, sends }) => name === connector && sends.includes(entity.entityType));
  let rows = await tx.sql<Row>(READ, [entity.merchantId]);
  if (rows.some((row) => !row.enabled && takes(row))) {
    await tx.sql(KEEP_OFF, [entity.merchantId]);
    rows = await tx.sql<Row>(READ, [entity.merchantId]);
  }
  const links = await tx.sql<{ integration_id: string }>(LINKED, [entity.entityType, entity.entityId]);
  const linked = new Set(links.map(({ integration_id }) => integration_id));
  return rows
    .filter(({ enabled }) => enabled)
    .flatMap((row) => {
      const connector = services.connectors.find(({ name }) => name === row.connector);
      if (!connector?.sends.includes(entity.entityType)) return [];
      return [toRecipient(connector, row, linked.has(row.id))];
    });
}

/** Settings that no longer fit their connector are mended before anything is sent: until then its effects wait. */
function toRecipient(connector: Connector, row: Row, linked: boolean): Recipient {
  const { settings, mappings } = row;
  const effective = effectiveSettings({ settings: JSON.parse(settings), mappings: JSON.parse(mappings) });
  const parsed = connector.settings.safeParse(effective);
  return {
    id: row.id,
    connector,
    maxAttempts: parsed.success ? connector.policy(parsed.data).maxAttempts : 1,
    hold: parsed.success ? (connector.holdInvoicedOrders?.(parsed.data) ?? null) : null,
    accepts: (sending) => !parsed.success || (connector.accepts?.({ ...sending, linked }, parsed.data) ?? true),
  };
}
