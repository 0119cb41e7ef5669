import type { DocumentNode, GraphQLError, GraphQLResolveInfo } from 'graphql';
import type { Caller } from '../access/caller.js';

/** The part of the GraphQL context that reads need. */
export interface ReadContext {
  caller: Caller;
  requestId?: string;
}

export interface ReadRequest {
  /** Valid against the schema, and within its limits. */
  document: DocumentNode;
  operationName?: string | null;
  /** As they came; coerced here. */
  variables?: Readonly<Record<string, unknown>> | null;
  context: ReadContext;
  /** False: the answer is an object even where text would do. Default true. */
  raw?: boolean;
}

/** A GraphQL result; `data` is a {@link RawJson} where the text that PostgreSQL wrote is the answer. */
export interface ReadResult {
  data?: object | null;
  errors?: readonly GraphQLError[];
}

/** Answers whole operations. */
export interface Reader {
  /**
   * Queries cost one statement; mutations are run by graphql-js. Never throws: what fails is in `errors`, unmasked,
   * with the cause as `originalError`.
   */
  execute(request: ReadRequest): Promise<ReadResult>;
  /** Reads the noun with this id, with exactly the fields selected; null when the caller may not see it. */
  readNoun(id: string, info: GraphQLResolveInfo, context: ReadContext): Promise<unknown>;
}
