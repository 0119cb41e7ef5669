import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string } }[];
}

/** A collector of traces in another process, and what hubs have exported to it. */
export interface Collector {
  url: string;
  /** As they came over the wire. */
  bodies: readonly string[];
  spans(): Span[];
  stop(): void;
}

export async function startCollector(): Promise<Collector> {
  const child = fork(new URL('./otlp-process.js', import.meta.url));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  // A test that fails in the middle must not wait for it.
  child.unref();
  child.channel?.unref();
  const bodies: string[] = [];
  child.on('message', (body: string) => bodies.push(body));
  return {
    url: `http://127.0.0.1:${port}`,
    bodies,
    spans: () =>
      bodies
        .flatMap((body) => JSON.parse(body).resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap((scope) => scope.spans),
    stop: () => void child.kill(),
  };
}
