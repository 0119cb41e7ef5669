import type { DocumentNode, GraphQLError } from 'graphql';
import type { HubContext } from '../../schema/context.js';
import { presentError } from './graphql-errors.js';

/** Both as a client of `/graphql` would get them. */
export interface OperationResult {
  data: Record<string, unknown> | null;
  errors: readonly GraphQLError[];
}

/**
 * Runs an operation of the public schema in-process by the reader, as a client's is run. For REST shims; the document is
 * parsed once, at module level, and is not limited. Webhooks alone go by `run-compiled.ts`.
 */
export async function runOperation(
  context: HubContext,
  document: DocumentNode,
  variables: Record<string, unknown> = {},
): Promise<OperationResult> {
  const { data, errors = [] } = await context.reader.execute({ document, variables, context, raw: false });
  const request = { requestId: context.requestId, log: context.services.log };
  return {
    data: (data as Record<string, unknown> | null | undefined) ?? null,
    errors: errors.map((error) => presentError(error, request)),
  };
}
