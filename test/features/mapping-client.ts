import type { HubClient } from '../../demo/hub-client.js';
import { idOf, mutate, type UserError } from './order-client.js';

export interface Rule {
  source: string;
  target: string;
  required?: boolean;
  transformation?: string;
  defaultValue?: unknown;
}

/** Which mapping; the portal's orders on their way out unless said otherwise. */
export interface Which {
  integrationId?: string;
  entityType?: string;
  direction?: string;
}

export interface RuleOutcome {
  rule: number;
  value: unknown;
  errorCode: string | null;
  errorMessage: string | null;
}

const inputOf = (which: Which, more: object) => ({
  ...{ integrationId: 'b2b-portal', entityType: 'ORDER', direction: 'OUTBOUND' },
  ...which,
  ...more,
});

export const saveMapping = (client: HubClient, rules: Rule[], which: Which = {}) =>
  mutate(client, 'saveMapping', 'SaveMappingInput', 'mappingVersion', inputOf(which, { rules }));

export async function publishMapping(client: HubClient, id: string) {
  const PUBLISH = `mutation ($id: ID!) { payload: publishMapping(id: $id) {
    mappingVersion { version status mapping { id publishedVersion } } userErrors { code message path } } }`;
  interface Published {
    mappingVersion: { version: number; status: string; mapping: { id: string; publishedVersion: number } } | null;
    userErrors: UserError[];
  }
  return (await client.ask<{ payload: Published }>(PUBLISH, { id })).payload;
}

/** Saves and publishes; answers the mapping's id. */
export async function putMapping(client: HubClient, rules: Rule[], which: Which = {}): Promise<string> {
  const { mappingVersion, userErrors } = await publishMapping(client, await idOf(saveMapping(client, rules, which)));
  if (!mappingVersion) throw new Error(JSON.stringify(userErrors));
  return mappingVersion.mapping.id;
}

export async function withdrawMapping(client: HubClient, mappingId: string): Promise<void> {
  await client.ask('mutation ($id: ID!) { withdrawMapping(mappingId: $id) { userErrors { code } } }', {
    id: mappingId,
  });
}

export interface Preview {
  input: unknown;
  output: Record<string, unknown>;
  rules: RuleOutcome[];
  differences: { path: string; before: unknown; after: unknown; errorMessage: string | null }[];
}

export async function previewMapping(client: HubClient, rules: Rule[], sample: unknown, which: Which = {}) {
  const PREVIEW = `mutation ($input: PreviewMappingInput!) { payload: previewMapping(input: $input) {
    preview { input output rules { rule value errorCode errorMessage }
      differences { path before after errorMessage } } userErrors { code message path } } }`;
  const input = inputOf(which, { rules, sample });
  const { payload } = await client.ask<{ payload: { preview: Preview | null; userErrors: UserError[] } }>(PREVIEW, {
    input,
  });
  if (!payload.preview) throw new Error(JSON.stringify(payload.userErrors));
  return payload.preview;
}

export interface Backtest {
  tested: number;
  changed: number;
  failed: number;
  events: {
    eventId: string;
    entityId: string;
    differences: { path: string; before: unknown; after: unknown }[];
    failures: RuleOutcome[];
  }[];
}

export async function backtestMapping(client: HubClient, rules: Rule[], which: Which = {}): Promise<Backtest> {
  const BACKTEST = `mutation ($input: BacktestMappingInput!) { payload: backtestMapping(input: $input) {
    backtest { tested changed failed events { eventId entityId differences { path before after }
      failures { rule value errorCode errorMessage } } } userErrors { code message path } } }`;
  const input = inputOf(which, { rules });
  const { payload } = await client.ask<{ payload: { backtest: Backtest } }>(BACKTEST, { input });
  return payload.backtest;
}
