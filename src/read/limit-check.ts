import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import { measure } from './limits.js';

/** What is wrong with an operation's size; empty when nothing is. The document is valid against the schema. */
export type LimitCheck = (
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>> | null | undefined,
) => readonly GraphQLError[];

/** Names of operations are a client's to choose. */
const MOST_NAMES = 20;

/** Measures operations; one whose size no variable changes is measured once. */
export function createLimitCheck(schema: GraphQLSchema): LimitCheck {
  const fitting = new WeakMap<DocumentNode, Set<string>>();
  return (document, operationName, variables) => {
    const names = fitting.get(document) ?? new Set();
    if (names.has(operationName ?? '')) return [];
    const { excesses, isFixed } = measure(schema, document, operationName, variables);
    if (isFixed && excesses.length === 0 && names.size < MOST_NAMES)
      fitting.set(document, names.add(operationName ?? ''));
    return excesses;
  };
}
