import type { Logger } from 'pino';
import type { Tracer } from '../model/trace.js';
import { type Reports, reportErrors } from './reports.js';

export interface TelemetryOptions {
  /** Base address of an OTLP/HTTP receiver; null: no spans are recorded. */
  otlpEndpoint: string | null;
  /** Null: nothing is reported. */
  sentryDsn: string | null;
  environment: string;
}

/** What leaves the hub about its own work. */
export interface Telemetry {
  tracer: Tracer | null;
  reports: Reports | null;
  /** Also reports what is logged as an unexpected error. */
  log: Logger;
  close(): Promise<void>;
}

/** Loads the libraries of what is configured, and none of what is not: they would double the time of the start. */
export async function openTelemetry(options: TelemetryOptions, log: Logger): Promise<Telemetry> {
  const { otlpEndpoint, sentryDsn: dsn, environment } = options;
  const tracer = otlpEndpoint ? (await import('./otel-tracer.js')).openOtelTracer(otlpEndpoint) : null;
  const reports = dsn ? (await import('./sentry-reports.js')).openSentryReports({ dsn, environment }) : null;
  return {
    tracer,
    reports,
    log: reports ? reportErrors(log, reports) : log,
    close: async () => {
      await Promise.allSettled([tracer?.close(), reports?.close()]);
    },
  };
}
