import { Gauge, type Registry } from 'prom-client';
import type { Sql } from '../db/database.js';
import { ROLLUP_METRICS } from '../model/rollup-metrics.js';
import { type Figures, figuresOf } from './figures.js';
import type { RollupRow } from './read-rollups.js';

const MINUTES = 60;

const READ = `
select r.integration_id as integration, i.connector, r.source, r.entity_type as "entityType", r.operation, r.outcome,
  r.error_code as "errorCode", r.http_status as "httpStatus", r.bucket, sum(r.count)::float8 as count,
  sum(r.sum_ms)::float8 as "sumMs", sum(r.first_count)::float8 as "firstCount", sum(r.wait_ms)::float8 as "waitMs"
from metric_rollups r join integrations i on i.id = r.integration_id
where r.period = 'MINUTE' and r.at >= date_trunc('minute', now() - ${MINUTES} * interval '1 minute')
group by 1, 2, 3, 4, 5, 6, 7, 8, 9`;

/** What was done in the last hour by whoever these labels name. */
interface LabelledFigures {
  labels: { integration?: string; connector: string };
  figures: Figures;
}

/** Of every integration that did something, and of every connector. */
export interface LastHour {
  integrations: LabelledFigures[];
  connectors: LabelledFigures[];
}

export async function readLastHour(sql: Sql): Promise<LastHour> {
  const rows = await sql<RollupRow & { integration: string; connector: string }>(READ);
  const integrations = [...Map.groupBy(rows, ({ integration }) => integration)];
  const connectors = [...Map.groupBy(rows, ({ connector }) => connector)];
  return {
    integrations: integrations.map(([integration, own]) => ({
      labels: { integration, connector: own[0]?.connector ?? '' },
      figures: figuresOf(own, MINUTES),
    })),
    connectors: connectors.map(([connector, own]) => ({ labels: { connector }, figures: figuresOf(own, MINUTES) })),
  };
}

/** Registers the gauges of the roll-ups; what it answers sets them. What was not measured has no series. */
export function createRollupGauges(registry: Registry): (lastHour: LastHour) => void {
  const gauges = ROLLUP_METRICS.map(({ name, help, labels, field }) => {
    const gauge = new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
    return { gauge, ofIntegrations: labels.includes('integration'), read: readerOf(name, field) };
  });
  return ({ integrations, connectors }) => {
    for (const { gauge, ofIntegrations, read } of gauges) {
      gauge.reset();
      for (const { labels: own, figures } of ofIntegrations ? integrations : connectors)
        for (const { labels, value } of read(figures)) gauge.set({ ...own, ...labels }, value);
    }
  };
}

type Series = { labels: Record<string, string>; value: number };

/** Looks up what the schema has at `field`, whose first part is the query. */
function readerOf(name: string, field: string): (figures: Figures) => Series[] {
  const [, ...path] = field.split('.');
  const scale = name.endsWith('_seconds') ? 0.001 : 1;
  return (figures) => {
    const found = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], figures);
    if (Array.isArray(found)) return found.map(toSeries);
    return typeof found === 'number' ? [{ labels: {}, value: found * scale }] : [];
  };
}

function toSeries({ count: _, rate, ...labels }: Record<string, unknown>): Series {
  const texts = Object.entries(labels).map(([name, value]) => [name, String(value ?? 'none')]);
  return { labels: Object.fromEntries(texts), value: Number(rate) };
}
