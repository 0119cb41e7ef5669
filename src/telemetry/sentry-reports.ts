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
    enableRuntimeChannelInjection: false,
    sendClientReports: false,
  });
  const toldAt = new Map<string, number>();
  const scopeOf = (kind: string, context: Readonly<Record<string, unknown>>) => {
    const fields = allowedFields(context);
    const scope = new Scope();
    scope.setClient(client);
    scope.setTags({ kind, ...fields });
    scope.setContext('syncline', fields);
    return scope;
  };
  return {
    unexpected: (error, message, context) => {
      const scope = scopeOf('unexpected', context);
      scope.setExtra('message', masked(message));
      client.captureException(asShown(error), {}, scope);
    },
    retried: (message, context) => {
      const { integrationId, code } = allowedFields(context);
      const about = ['retried', String(integrationId), String(code)];
      const last = toldAt.get(about.join()) ?? Number.NEGATIVE_INFINITY;
      if (performance.now() - last < RETRIED_PAUSE_MS) return;
      toldAt.set(about.join(), performance.now());
      const scope = scopeOf('retried', context);
      scope.setFingerprint(about);
      client.captureMessage(masked(message), 'warning', {}, scope);
    },
    deadLetter: (message, context) => {
      const scope = scopeOf('dead-letter', context);
      const { integrationId, code } = allowedFields(context);
      scope.setFingerprint(['dead-letter', String(integrationId), String(code)]);
      client.captureMessage(masked(message), 'error', {}, scope);
    },
    close: async () => {
      await client.close(CLOSE_MS);
    },
  };
}

/** Libraries hang requests, options and parameters on their errors; only name, message and stack are taken over. */
function asShown(error: Error): Error {
  const shown = new Error(masked(error.message));
  shown.name = error.name;
  if (error.stack) shown.stack = masked(error.stack);
  return shown;
}

function masked(text: string): string {
  return text.replaceAll(URL_LOGIN, '//***@');
}
