import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { createLimitCheck } from '../read/limit-check.js';
import { LIMITS } from '../read/limits.js';

export interface OperationText {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

const KEPT_DOCUMENTS = 500;

/**
 * Makes what a socket checks each operation with: the same rules and limits as over HTTP. A text that was valid before
 * gives the same document again, so that its plan is found again too.
 */
export function createOperationCheck(
  schema: GraphQLSchema,
): (operation: OperationText) => DocumentNode | readonly GraphQLError[] {
  const checkLimits = createLimitCheck(schema);
  const valid = new LRUCache<string, DocumentNode>({ max: KEPT_DOCUMENTS });
  return ({ query, operationName, variables }) => {
    const document = valid.get(query) ?? parseValid(schema, query);
    if (Array.isArray(document)) return document;
    const known = document as DocumentNode;
    valid.set(query, known);
    const excesses = checkLimits(known, operationName, variables);
    return excesses.length > 0 ? excesses : known;
  };
}

function parseValid(schema: GraphQLSchema, query: string): DocumentNode | readonly GraphQLError[] {
  try {
    const document = parse(query, { maxTokens: LIMITS.tokens });
    const errors = validate(schema, document);
    return errors.length > 0 ? errors : document;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    if (error instanceof RangeError) return [new GraphQLError(error.message, { originalError: error })];
    throw error;
  }
}
