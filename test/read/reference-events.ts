import { GraphQLError } from 'graphql';
import { BEGINNINGS } from '../../src/model/audit-actions.js';
import { type Row, type Tables, wireTime } from './reference-rows.js';

export function connectorOf(tables: Tables, integrationId: unknown): unknown {
  return tables['all integrations']?.find((row) => row['id'] === integrationId)?.['connector'];
}

export function eventsOf(tables: Tables, connector: unknown): readonly Row[] {
  const events = tables['sync_events'] ?? [];
  if (connector == null) return events;
  const own = (tables['all integrations'] ?? [])
    .filter((row) => row['connector'] === connector)
    .map((row) => row['id']);
  return events.filter((event) => own.includes(event['integration_id']));
}

export function statistics(events: readonly Row[], days: number): Row[] {
  if (days < 1 || days > 365) throw new GraphQLError('refused', { extensions: { code: 'BAD_USER_INPUT' } });
  const since = Date.now() - days * 86_400_000;
  const recent = events.filter((event) => Date.parse(wireTime(String(event['created_at']))) > since);
  const types = [...new Set(recent.map((event) => String(event['entity_type'])))].sort();
  return types.map((type) => {
    const own = recent.filter((event) => event['entity_type'] === type);
    const count = (...statuses: string[]) => own.filter((event) => statuses.includes(String(event['status']))).length;
    return {
      entity_type: type,
      pending: count('PENDING', 'IN_PROGRESS'),
      success: count('SUCCESS'),
      failed: count('FAILED'),
      retrying: count('RETRYING'),
      skipped: count('SKIPPED'),
      total: own.length - count('SKIPPED'),
    };
  });
}

/** Whether an audit entry tells of something that only began. */
export const isBeginning = (row: Row): boolean => row['outcome'] === 'OK' && BEGINNINGS.includes(String(row['action']));
