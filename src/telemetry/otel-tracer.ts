import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { HubError } from '../errors.js';
import type { SpanInfo, Tracer } from '../model/trace.js';

/** Exports spans by OTLP over HTTP as JSON. Loaded only where an endpoint is configured. `close` sends what is left. */
export function openOtelTracer(endpoint: string, scheduledDelayMillis = 1_000): Tracer & { close(): Promise<void> } {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'syncline' }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis })],
  });
  const tracer = provider.getTracer('syncline');
  const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };
  const open = ({ name, kind, attributes }: SpanInfo, parent: string | null) =>
    tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...attributes } }, contextOf(parent));
  return {
    async run(info, parent, work) {
      const span = open(info, parent);
      try {
        return await work(traceparentOf(span), (name, value) => void span.setAttribute(name, value));
      } catch (error) {
        markFailed(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    close: () => provider.shutdown(),
  };
}

function contextOf(parent: string | null) {
  if (parent === null) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = '00'] = parent.split('-');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Only what the hub itself says is safe to send elsewhere. */
function markFailed(span: Span, error: unknown): void {
  const code = error instanceof HubError ? error.code : 'INTERNAL';
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof HubError ? error.message : code });
}
