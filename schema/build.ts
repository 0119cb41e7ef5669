import 'reflect-metadata';
import { createPubSub } from '@graphql-yoga/subscription';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { asSubgraph } from './federation.js';
import { guardRoots } from './guard.js';
import { resolvers } from './resolvers.js';

/** The public schema. Inputs are checked by their scalars and by the use cases; itself it is checked where it is printed. */
export function buildHubSchema(): GraphQLSchema {
  // type-graphql wants one; all subscriptions read the feed instead.
  const built = buildSchemaSync({ resolvers, validate: false, pubSub: createPubSub(), skipCheck: true });
  return guardRoots(asSubgraph(built));
}
