import { isUtf8 } from 'node:buffer';
import { type DocumentNode, parse } from 'graphql';
import { ERRORS, type ErrorCode, HubError } from '../../errors.js';
import type { Acceptance } from '../../inbox/events.js';
import type { Ingest, ReceivedWebhook } from './receive.js';

/** Who sent a webhook, as far as its request tells. */
export interface Sender {
  requestId: string;
  address: string | null;
  /** The header `X-API-Key`. */
  apiKey: string | string[] | undefined;
}

/** Runs an operation of the public schema in-process as the hub; who the sender's key says is asked where nothing else decides. */
export type RunOperation = (
  document: DocumentNode,
  variables: Record<string, unknown>,
  sender: Sender,
) => Promise<{ data?: Record<string, unknown> | null; errors?: readonly { extensions?: Record<string, unknown> }[] }>;

const INGEST = parse(`
mutation IngestWebhook($input: IngestWebhookInput!) {
  ingestWebhook(input: $input) {
    outcome {
      webhookEventId status duplicate eventType entityType entityId externalId entityStatus errorCode errorMessage says
      requestId answeredAt
    }
    userErrors { code message path retryAfterMs }
  }
}`);

interface Payload {
  outcome: Acceptance | null;
  userErrors: { code: ErrorCode; message: string; path: string[] | null; retryAfterMs: number | null }[];
}

/** The webhook addresses' one way in: the mutation that operators have too. */
export function ingestBySchema(run: RunOperation): Ingest {
  return async (input, requestId) => {
    const sender = { requestId, address: input.remoteAddress, apiKey: input.headers['x-api-key'] };
    const { data, errors } = await run(INGEST, { input: toVariables(input) }, sender);
    const payload = data?.['ingestWebhook'] as Payload | undefined;
    if (payload?.outcome) return payload.outcome;
    const [failure] = payload?.userErrors ?? [];
    if (!failure) throw toError(errors?.[0]?.extensions?.['code']);
    const { code, message, path, retryAfterMs } = failure;
    throw new HubError(code, message, { path: path ?? undefined, retryAfterMs: retryAfterMs ?? undefined });
  };
}

function toVariables({
  target,
  entityType,
  headers,
  rawBody,
  remoteAddress,
}: ReceivedWebhook): Record<string, unknown> {
  const utf8 = isUtf8(rawBody);
  const body = rawBody.toString(utf8 ? 'utf8' : 'base64');
  return { ...target, entityType, headers, body, bodyEncoding: utf8 ? 'UTF8' : 'BASE64', remoteAddress };
}

function toError(code: unknown): HubError {
  const known = typeof code === 'string' && code in ERRORS ? (code as ErrorCode) : 'INTERNAL';
  return new HubError(known, 'Something went wrong in the hub; its log has the reason under this requestId.');
}
