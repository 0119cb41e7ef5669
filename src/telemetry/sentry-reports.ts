import { defaultStackParser, makeNodeTransport, NodeClient, Scope } from '@sentry/node';
import { allowedFields, type Reports } from './reports.js';

export interface SentryOptions {
  dsn: string;
  environment: string;
}

const CLOSE_MS = 2_000;
/** An outage of an hour is not told by each of its thousand attempts. */
const RETRIED_PAUSE_MS = 60_000;
/** User and password of an address in a library's message. */
const URL_LOGIN = /\/\/[^/@\s]*@/g;

/**
 * Reports to Sentry. Loaded only where a DSN is configured. A client of its own, without any of the integrations that look
 * at requests, source code or the process: only what is given here leaves the hub.
 */
export function openSentryReports({ dsn, environment }: SentryOptions): Reports {
  const client = new NodeClient({
    dsn,
    environment,
    transport: makeNodeTransport,
    stackParser: defaultStackParser,
    integrations: [],
    attachStacktrace: true,
    enableRuntimeChannelInjection: false,
    sendClientReports: false,
  });
  const isDue = createPause(RETRIED_PAUSE_MS);
  const scopeOf = (kind: string, context: Context, about?: string[]) => {
    const [fields, scope] = [allowedFields(context), new Scope()];
    scope.setClient(client);
    scope.setTags({ kind, ...fields });
    scope.setContext('syncline', fields);
    if (about) scope.setFingerprint(about);
    return scope;
  };
  return {
    unexpected: (error, message, context) => {
      const scope = scopeOf('unexpected', context);
      scope.setExtra('message', masked(message));
      client.captureException(asShown(error), {}, scope);
    },
    retried: (message, context, cause) => {
      const about = aboutOf('retried', context);
      if (isDue(about.join()))
        client.captureMessage(masked(message), 'warning', stackOf(cause), scopeOf('retried', context, about));
    },
    deadLetter: (message, context, cause) => {
      const about = aboutOf('dead-letter', context);
      client.captureMessage(masked(message), 'error', stackOf(cause), scopeOf('dead-letter', context, about));
    },
    close: async () => {
      await client.close(CLOSE_MS);
    },
  };
}

type Context = Readonly<Record<string, unknown>>;

/** What makes two reports one issue. */
function aboutOf(kind: string, context: Context): string[] {
  const { integrationId, code } = allowedFields(context);
  return [kind, String(integrationId), String(code)];
}

/** Whether it is so long since the same was last let through. */
function createPause(ms: number): (about: string) => boolean {
  const last = new Map<string, number>();
  return (about) => {
    const isDue = performance.now() - (last.get(about) ?? Number.NEGATIVE_INFINITY) >= ms;
    if (isDue) last.set(about, performance.now());
    return isDue;
  };
}

/** Libraries hang requests, options and parameters on their errors; only name, message and stack are taken over. */
function asShown(error: Error): Error {
  const shown = new Error(masked(error.message));
  shown.name = error.name;
  if (error.stack) shown.stack = masked(error.stack);
  return shown;
}

/** Of what was thrown the frames of its stack, and not what it says. */
const stackOf = (cause: Error | undefined) => (cause ? { syntheticException: asShown(cause) } : {});

function masked(text: string): string {
  return text.replaceAll(URL_LOGIN, '//***@');
}
