import type { DocumentNode, ExecutionResult, GraphQLResolveInfo } from 'graphql';
import type { Caller } from '../access/caller.js';

/** The part of the GraphQL context that reads need. */
export interface ReadContext {
  caller: Caller;
}

export interface ReadRequest<Context extends ReadContext = ReadContext> {
  /** Valid against the schema. */
  document: DocumentNode;
  operationName?: string | null;
  /** As they came; coerced here. */
  variables?: Record<string, unknown> | null;
  context: Context;
}

/** Answers whole operations. */
export interface Reader {
  execute(request: ReadRequest): Promise<ExecutionResult>;
  /** Reads the noun with this id, with exactly the fields selected; null when the caller may not see it. */
  readNoun(id: string, info: GraphQLResolveInfo, context: ReadContext): Promise<unknown>;
}
