import { HubError } from '../errors.js';

/** What becomes of a subscription whose changes cannot be read. */
export function unavailable(error: unknown): never {
  throw new HubError(
    'DATABASE_UNAVAILABLE',
    'The feed cannot be read now. Subscribe again shortly with the same cursor.',
    { cause: error },
  );
}
