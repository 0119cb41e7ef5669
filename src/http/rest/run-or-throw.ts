import type { DocumentNode, GraphQLError } from 'graphql';
import type { HubContext } from '../../../schema/context.js';
import { ERRORS, type ErrorCode, HubError } from '../../errors.js';
import { runOperation } from '../run-operation.js';

interface UserError {
  code: ErrorCode;
  message: string;
  path: string[] | null;
  retryAfterMs?: number | null;
}

/**
 * Runs an operation for a REST address and answers its data.
 * @throws HubError for its first error, be it of the operation or a user error of a mutation
 */
export async function runOrThrow<Data>(
  context: HubContext,
  document: DocumentNode,
  variables: Record<string, unknown>,
): Promise<Data> {
  const { data, errors } = await runOperation(context, document, variables);
  const [error] = errors;
  if (error) throw fromGraphql(error);
  for (const payload of Object.values(data ?? {})) throwUserError(payload);
  return data as Data;
}

function fromGraphql({ message, extensions }: GraphQLError): HubError {
  const { code, path, retryAfterMs } = extensions;
  if (isOfVariable(message)) return refusedInput(message);
  const known = typeof code === 'string' && code in ERRORS ? (code as ErrorCode) : 'INTERNAL';
  return new HubError(known, message, {
    path: Array.isArray(path) ? namedByCaller(path) : undefined,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  });
}

/** Graphql-js's refusal of a variable, which is what the caller sent. */
const isOfVariable = (message: string) => message.startsWith('Variable "$');

/** `Variable "$input" got invalid value … at "input.lines[0].quantity"; why` */
function refusedInput(message: string): HubError {
  const reason = message.split('; ').at(-1) ?? message;
  const place = / at "input\.?([^"]*)"; /.exec(message)?.[1] ?? '';
  const field = /^Field "([^"]+)"/.exec(reason)?.[1];
  const path = [...place.split(/[.[\]]+/), field ?? ''].filter((step) => step !== '');
  return new HubError('BAD_USER_INPUT', path.length > 0 ? `${path.join('.')}: ${reason}` : reason, { path });
}

function throwUserError(payload: unknown): void {
  const failures = (payload as { userErrors?: UserError[] } | null)?.userErrors ?? [];
  const [failure] = failures;
  if (!failure) return;
  // The envelope has one text: it names every field.
  const message = failures.map((one) => one.message).join(' ');
  const path = failure.path ? namedByCaller(failure.path) : undefined;
  throw new HubError(failure.code, message, { path, retryAfterMs: failure.retryAfterMs ?? undefined });
}

/** Bodies and queries of REST have no argument around them. */
const namedByCaller = (path: string[]): string[] => (WRAPPERS.has(path[0]) ? path.slice(1) : path);
const WRAPPERS = new Set<string | undefined>(['input', 'filter']);
