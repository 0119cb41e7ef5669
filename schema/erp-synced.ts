/** Whether an order reached the system of an integration with the connector `escooter`: its document's flag `erp_synced`. */
export const ERP_SYNCED = {
  sql: (row: string) =>
    `exists (select from links l join integrations i on i.id = l.integration_id and i.connector = 'escooter'` +
    ` where l.entity_id = ${row}.id and l.entity_type = 'ORDER' and l.synced_at is not null)`,
  type: 'boolean',
};
