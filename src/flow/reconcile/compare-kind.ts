import type pg from 'pg';
import type { UpstreamRecord } from '../../connectors/connector.js';
import type { RowProblem } from '../../connectors/pull.js';
import { sqlOn } from '../../db/database.js';
import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Sendable } from '../sendable.js';
import { compareFields } from './compare-fields.js';
import { ADD_DIFFERENT, findMissingHere, findMissingThere, matchStatements, pageOfBoth } from './compare-sql.js';
import { comparedHere } from './compared-here.js';
import { mapRecords } from './map-records.js';

/** Records that are held at once. */
const PAGE = 500;
const SETTINGS = `select set_config('syncline.integration', $1, false), set_config('syncline.merchant', $2, false)`;

/** A comparison of one kind, whose records are staged. */
export interface Comparison {
  client: pg.Client;
  integration: OpenIntegration;
  runId: string;
  /** As PostgreSQL prints them. */
  periodFrom: string;
  periodTo: string;
  /** Told of records that cannot be compared. */
  note(problems: readonly RowProblem[]): Promise<void>;
}

interface Both {
  n: number;
  hub_id: string;
  external_id: string;
  fields: string;
  details: string | null;
  newer: boolean;
}

/** Writes what differs: what one side lacks by SQL alone, the fields page by page. */
export async function compareKind(comparison: Comparison, entityType: Sendable['entityType']): Promise<void> {
  const { client, integration, runId, periodFrom, periodTo } = comparison;
  const { id, merchantId, connector, settings } = integration;
  await client.query(SETTINGS, [id, merchantId]);
  for (const statement of matchStatements(entityType)) await client.query(statement);
  const about = [merchantId, id, runId];
  await client.query(findMissingHere(entityType), about);
  await compareBoth(comparison, entityType);
  const owed = connector.owed?.(entityType, settings) ?? null;
  await client.query(findMissingThere(entityType), [...about, periodFrom, periodTo, owed]);
}

async function compareBoth(comparison: Comparison, entityType: Sendable['entityType']): Promise<void> {
  const { client, integration, runId } = comparison;
  let last: Pick<Both, 'hub_id' | 'external_id'> = { hub_id: '', external_id: '' };
  for (;;) {
    const values = [last.hub_id, integration.id, last.external_id];
    const { rows } = await client.query<Both>(pageOfBoth(entityType, PAGE), values);
    const different = await comparePage(comparison, entityType, rows);
    const about = [integration.merchantId, integration.id, runId, entityType];
    if (different.length > 0) await client.query(ADD_DIFFERENT, [...about, JSON.stringify(different)]);
    last = rows.at(-1) ?? last;
    if (rows.length < PAGE) return;
  }
}

async function comparePage(
  { client, integration, note }: Comparison,
  entityType: Sendable['entityType'],
  rows: readonly Both[],
) {
  const ids = rows.map(({ hub_id }) => hub_id);
  const here = await comparedHere(sqlOn(client), integration, entityType, ids);
  const there = await mapRecords(integration, entityType, rows.map(toTold));
  const problems: RowProblem[] = [];
  const different = rows.flatMap(({ n, hub_id: hubId, external_id: externalId, newer }, index) => {
    const [own, told] = [here.get(hubId), there[index]];
    const wrong = [own, told].find((side) => side instanceof HubError);
    if (wrong) problems.push(toProblem(n, externalId, wrong));
    if (!own || !told || own instanceof HubError || told instanceof HubError) return [];
    return compareFields(own, told).map((one) => ({
      externalId,
      hubId,
      ...one,
      direction: directionOf(one.field, newer),
    }));
  });
  await note(problems);
  return different;
}

/** Facts that the system is told of first. */
const FACTS = new Set(['status', 'paidAmount']);

/** A status or a payment that the system changed last goes into the hub; everything else is the hub's to say. */
const directionOf = (field: string, newer: boolean) => (FACTS.has(field) && newer ? 'IN' : 'OUT');

const toTold = ({ fields, details }: Both): Pick<UpstreamRecord, 'fields' | 'details'> => ({
  fields: JSON.parse(fields) as UpstreamRecord['fields'],
  details: JSON.parse(details ?? 'null') as unknown,
});

const toProblem = (line: number, externalId: string, { inputPath = [], message }: HubError): RowProblem => ({
  ...{ line, externalId, column: inputPath.join('.'), value: externalId },
  rule: `cannot be compared: ${message}`,
});
