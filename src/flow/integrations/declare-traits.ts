import type { Connector } from '../../connectors/connector.js';
import { describeConnector } from '../../connectors/describe-connector.js';
import type { Database } from '../../db/database.js';

const DECLARE = `insert into connector_traits as t (name, takes_invoiced_orders, status_mappings, redrives)
select * from jsonb_to_recordset($1::jsonb) as d (name text, "takesInvoicedOrders" boolean, "statusMappings" text[], redrives text)
on conflict (name) do update set
  takes_invoiced_orders = excluded.takes_invoiced_orders, status_mappings = excluded.status_mappings, redrives = excluded.redrives
where (t.takes_invoiced_orders, t.status_mappings, t.redrives)
  is distinct from (excluded.takes_invoiced_orders, excluded.status_mappings, excluded.redrives)`;

/** Writes what the connectors declare and statements in the database ask for: the blockers' view knows no connector by name. */
export async function declareTraits({ pool }: Database, connectors: readonly Connector[]): Promise<void> {
  await pool.query(DECLARE, [JSON.stringify(connectors.map(traitsOf))]);
}

function traitsOf(connector: Connector) {
  const { properties } = describeConnector(connector).settingsSchema;
  const mappings = properties?.['statusMappings']?.['properties'];
  return {
    name: connector.name,
    takesInvoicedOrders: connector.holdInvoicedOrders !== undefined,
    statusMappings: Object.keys(mappings ?? {}),
    redrives: connector.failsForGood ? 'NEVER' : connector.redrives ? 'BY_SETTINGS' : 'USUAL',
  };
}
