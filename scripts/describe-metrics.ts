import { METRICS, type MetricDefinition } from '../src/model/metric-definitions.js';
import { ROLLUP_METRICS } from '../src/model/rollup-metrics.js';

const HEAD = `<!-- Written by \`npm run generate\` from src/model/metric-definitions.ts and rollup-metrics.ts. -->

# Metrics

\`/metrics\` answers in Prometheus' text format, beside the usual \`process_*\` and \`nodejs_*\`. The query \`metricDefinitions\` lists
the same. *In the schema* says where the queries \`metrics\`, for all or for one connector, and \`integrationMetrics\` have a
measure, over any time, over all instances and across restarts; \`metricSummaries\` has the same by days and weeks.
`;

const OWN = `
## Of what happens, and of what is now

Counters and histograms are of one process: sum them over instances. Gauges are read from the database, so every instance
answers the same, at most some seconds old; they are missing while the database is away.
`;

const ROLLED_UP = `
## Of the last hour

Gauges from the roll-ups: right over all instances and across restarts, and a minute old at most. What was not measured within
the hour has no series. Ratios are 0 to 1.
`;

const TAIL = `
## Asking for them

Average response time of an integration over five minutes:

\`\`\`
sum by (integration) (rate(syncline_sync_attempt_duration_seconds_sum[5m]))
  / sum by (integration) (rate(syncline_sync_attempt_duration_seconds_count[5m]))
\`\`\`

Worth an alarm: \`syncline_dead_letters > 0\`, \`syncline_circuit_open == 1\`, \`syncline_queue_overdue_seconds > 60\`,
\`syncline_oldest_waiting_webhook_seconds > 86400\`, \`sum(increase(syncline_security_events_total[5m])) > 100\`. The hub's own alerts (\`alerts\`, \`alertRules\`) watch these and more.
`;

/** docs/metrics.md. */
export function describeMetrics(): string {
  return [HEAD, OWN, table(Object.values(METRICS)), ROLLED_UP, table(ROLLUP_METRICS), TAIL].join('');
}

function table(definitions: readonly MetricDefinition[]): string {
  const rows = definitions.map(({ name, kind, labels, help, field }) => {
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${kind.toLowerCase()} | ${shown} | ${help} | ${field && `\`${field}\``} |`;
  });
  return ['', '| name | kind | labels | what | in the schema |', '|---|---|---|---|---|', ...rows, ''].join('\n');
}
