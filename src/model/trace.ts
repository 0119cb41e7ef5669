import { AsyncLocalStorage } from 'node:async_hooks';

export interface SpanInfo {
  name: string;
  kind: 'server' | 'client' | 'consumer';
  attributes: Readonly<Record<string, string | number>>;
}

/** Adds what is known of a span only at its end. */
export type SetAttribute = (name: string, value: string | number) => void;

/** Records spans; there is one only where they are exported. */
export interface Tracer {
  /** Runs the work as a span below `parent`, or as the first of a new trace; its end is the end of the promise. */
  run<T>(
    span: SpanInfo,
    parent: string | null,
    work: (traceparent: string, set: SetAttribute) => Promise<T>,
  ): Promise<T>;
}

interface Trace {
  traceparent: string;
  tracer: Tracer | null;
}

const current = new AsyncLocalStorage<Trace>();
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A `traceparent` header (https://www.w3.org/TR/trace-context/); null where there is none or it is malformed. */
export function readTraceparent(header: unknown): string | null {
  return typeof header === 'string' && TRACEPARENT.test(header) ? header : null;
}

/** Of the work that is being done; null outside a trace. */
export function currentTraceparent(): string | null {
  return current.getStore()?.traceparent ?? null;
}

/** Runs the work in the trace of `parent`, as a span where there is a tracer. With neither it costs a comparison. */
export function withTrace<T>(
  tracer: Tracer | null,
  span: SpanInfo,
  parent: string | null,
  work: (set: SetAttribute) => Promise<T>,
): Promise<T> {
  if (tracer)
    return tracer.run(span, parent, (traceparent, set) => current.run({ traceparent, tracer }, () => work(set)));
  return parent === null ? work(ignore) : current.run({ traceparent: parent, tracer }, () => work(ignore));
}

/** A span below the current one, where spans are recorded. */
export function inSpan<T>(span: SpanInfo, work: (set: SetAttribute) => Promise<T>): Promise<T> {
  const trace = current.getStore();
  return trace?.tracer ? withTrace(trace.tracer, span, trace.traceparent, work) : work(ignore);
}

const ignore = () => {};
