import type { Logger } from 'pino';
import { type ErrorCode, HubError } from '../../errors.js';
import { databaseError } from '../../inbox/sql-errors.js';
import type { EntityType } from '../../model/statuses.js';
import type { OpenIntegration } from '../integrations/open-integration.js';

/** An entity whose state could not be read or taken. */
export interface Unread {
  entityId: string;
  externalId: string;
  code: ErrorCode;
  message: string;
}

/** Named in the result and in the log. */
const MOST_NAMED = 10;

/** What could not be read of a run, while the rest went on. */
export interface UnreadList {
  failed: number;
  /** The first of them. */
  unread: Unread[];
}

/** Adds one. */
export function passOver(
  list: UnreadList,
  entity: Pick<Unread, 'entityId' | 'externalId'>,
  { code, message }: HubError,
): void {
  list.failed += 1;
  if (list.unread.length < MOST_NAMED) list.unread.push({ ...entity, code, message });
}

/** One line for all of a run, without stacks: what a system's records lack is no fault of the hub's code. */
export function logUnread(
  { failed, unread }: UnreadList,
  { id: integrationId }: Pick<OpenIntegration, 'id'>,
  entityType: EntityType,
  log: Logger,
): void {
  if (failed > 0) log.warn({ integrationId, entityType, failed, unread }, 'states not read; the first are named');
}

/** Only the hub itself can be the reason, or the way to the whole system. */
const OF_ALL: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_RATE_LIMITED',
  'DATABASE_UNAVAILABLE',
  'NOT_READY',
  'CREDENTIALS_UNREADABLE',
]);
/** One record may make a system fail as an outage does. */
const OF_ONE_OR_ALL: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_UNAUTHORIZED',
  'UPSTREAM_BAD_RESPONSE',
  'UPSTREAM_TIMEOUT',
]);

/** Whether a failure means that every further question fails too; where it may, the system is asked whether it is well. */
export async function concernsAll({ connection }: OpenIntegration, { code }: HubError): Promise<boolean> {
  if (OF_ALL.has(code)) return true;
  if (!OF_ONE_OR_ALL.has(code)) return false;
  return connection.checkHealth().then(
    () => false,
    () => true,
  );
}

/** What anything that was thrown comes to; what nobody expected is logged with its stack. */
export function toHubError(thrown: unknown, log: Logger): HubError {
  const error = databaseError(thrown);
  if (error instanceof HubError) return error;
  log.error({ err: error }, 'reading a state failed unexpectedly');
  return new HubError('INTERNAL', "the hub's log has the reason");
}

/** What a run failed with that passed over something: the first one's code, the names of some; null: it read all. */
export function unreadError({ asked, failed, unread }: UnreadList & { asked: number }): HubError | null {
  const [first] = unread;
  if (!first) return null;
  const named = unread.map(
    ({ entityId, externalId, code, message }) => `${entityId} (${externalId}): ${code}: ${message}`,
  );
  const more = failed > unread.length ? `; and ${failed - unread.length} more` : '';
  return new HubError(
    first.code,
    `${failed} of ${asked} could not be read, the others were: ${named.join('; ')}${more}`,
  );
}
