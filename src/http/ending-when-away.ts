import type { ExecutionResult, GraphQLError } from 'graphql';
import { HubError } from '../errors.js';

type Results = AsyncGenerator<ExecutionResult, void, void>;

/**
 * A subscription's results up to the first that the database was not there to complete. It ends with that error instead
 * of going on: such a result may lack its cursor, and a client that got the next one would never miss it.
 */
export function endingWhenAway(results: Results): Results {
  const iterator: Results = {
    next: async () => {
      const next = await results.next();
      const error = next.done ? undefined : next.value.errors?.find(isAway);
      if (!error) return next;
      await results.return();
      throw error;
    },
    return: (value) => results.return(value),
    throw: (error) => results.throw(error),
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => {
      await results.return();
    },
  };
  return iterator;
}

function isAway({ originalError }: GraphQLError): boolean {
  return originalError instanceof HubError && originalError.code === 'DATABASE_UNAVAILABLE';
}
