import type { UpstreamRecord } from '../../connectors/connector.js';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Sendable } from '../sendable.js';

type Told = Pick<UpstreamRecord, 'fields' | 'details'>;
type Fields = UpstreamRecord['fields'];

/** What the inbox takes of an event about something that the hub has. */
const TAKEN = ['status', 'amount', 'currency', 'plan', 'paidAmount'];

/** The fields of each record as the integration's inbound rules make them, or why they cannot be followed. */
export async function mapRecords(
  { mappings }: OpenIntegration,
  entityType: Sendable['entityType'],
  records: readonly Told[],
): Promise<(Fields | HubError)[]> {
  if (!mappings.maps(entityType, 'INBOUND')) return records.map(({ fields }) => fields);
  const items = records.map(({ fields, details }) => ({ document: details, target: { ...fields } }));
  const runs = await mappings.inboundRows(entityType, items);
  return runs.map(({ output, outcomes }, index) => {
    const failed = outcomes.find(({ errorCode }) => errorCode !== null);
    if (failed?.errorCode) return new HubError(failed.errorCode, failed.errorMessage ?? 'A rule failed.');
    const own = records[index]?.fields ?? {};
    const taken = TAKEN.filter((field) => typeof output[field] === 'string').map((field) => [field, output[field]]);
    return { ...own, ...Object.fromEntries(taken) };
  });
}
