import type { ErrorCode } from './errors.js';

/** What a code tells a person; both are whole sentences. */
export interface ErrorText {
  meaning: string;
  /** What to do about it. */
  remedy: string;
}

/** Of every code, for the documents and for pages that explain an error. */
export const ERROR_TEXTS: Readonly<Record<ErrorCode, ErrorText>> = {
  BAD_USER_INPUT: {
    meaning: 'A value of the request is not allowed where it stands.',
    remedy: 'Correct the value that the message and the path name, and send the request again.',
  },
  INVALID_JSON: {
    meaning: 'The body cannot be read as JSON.',
    remedy: 'Send well-formed JSON in UTF-8 with the content type application/json.',
  },
  INVALID_SHAPE: {
    meaning: 'The body is JSON, but a field is missing or has the wrong type.',
    remedy: 'Compare the field that is named with the documentation of the address.',
  },
  PAYLOAD_TOO_LARGE: {
    meaning: 'The body is larger than the address takes.',
    remedy: 'Send less at once.',
  },
  METHOD_NOT_ALLOWED: {
    meaning: 'There is an address of this path, for other methods.',
    remedy: 'Use a method that the header Allow names.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    meaning: 'The body is of a type that the address does not take.',
    remedy: 'Send JSON, with Content-Type: application/json.',
  },
  QUERY_TOO_COMPLEX: {
    meaning: 'The GraphQL operation asks for more than one operation may.',
    remedy: 'Ask for smaller pages or fewer fields, or split the operation.',
  },
  CURSOR_INVALID: {
    meaning: 'The cursor was not given out by this list or feed.',
    remedy: 'Use a cursor only where it came from, with the same order; else begin without one.',
  },
  CURSOR_EXPIRED: {
    meaning: 'The feed no longer has the changes after this cursor.',
    remedy: 'Read the present state by queries, and subscribe from now on.',
  },
  NOT_FOUND: {
    meaning: 'There is no such thing, or the caller may not see it.',
    remedy: 'Check the id, and the merchant that the token is limited to.',
  },
  UNKNOWN_INTEGRATION: {
    meaning: 'No integration has this id, or the connector has none or several and none was named.',
    remedy: 'Name an integration that the query `integrations` lists.',
  },
  ALREADY_EXISTS: {
    meaning: 'Something with the same identity is there already.',
    remedy: 'Use the one that is there, or choose another number or name.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    meaning: 'The idempotency key was used before for a different request.',
    remedy: 'Make a new key for each request, and repeat one only with the very same content.',
  },
  INVALID_TRANSITION: {
    meaning: 'The entity cannot go from its present status to the one asked for.',
    remedy: 'Read the present status, and ask for one that may follow it.',
  },
  INVALID_STATE: {
    meaning: 'The request does not fit the present state of what it names.',
    remedy: 'Read the state again and decide anew; the message says what would have to be different.',
  },
  CANCELLED: {
    meaning: 'Somebody cancelled the run before it was through; what it had done until then stays.',
    remedy: 'Start a new one; a file is handed over again.',
  },
  INTEGRATION_DISABLED: {
    meaning: 'The integration is switched off or deleted.',
    remedy: 'Enable it by `updateIntegration`, then repeat the request.',
  },
  UNSUPPORTED: {
    meaning: 'The connector cannot do this.',
    remedy: 'Look at what the query `connectors` says that it sends, and choose another integration.',
  },
  UNAUTHENTICATED: {
    meaning: 'The request has no credentials, or they are not valid any more.',
    remedy: 'Send a valid token as Authorization: Bearer, or an API key as X-API-Key.',
  },
  FORBIDDEN: {
    meaning: 'The caller is known, and has not the role or right that this needs.',
    remedy: 'Ask an admin for a token or key with the role that the message names.',
  },
  SIGNATURE_INVALID: {
    meaning: 'The webhook’s signature is missing, or was not made over these bytes with the shared secret.',
    remedy: 'Compare the secret at the sender with the integration’s, and sign the body exactly as it is sent.',
  },
  TIMESTAMP_STALE: {
    meaning: 'The webhook was signed for a time too far from now.',
    remedy: 'Set the sender’s clock, and sign anew each time a webhook is sent.',
  },
  SLOW_CONSUMER: {
    meaning: 'The subscriber reads more slowly than changes arrive.',
    remedy: 'Connect again with the last cursor; filter for less, or do slow work elsewhere.',
  },
  RATE_LIMITED: {
    meaning: 'Too many requests came from this caller, address or connection.',
    remedy: 'Wait as long as Retry-After says.',
  },
  DEPENDENCY_PENDING: {
    meaning:
      'The effect waits until another entity, such as its customer, has its id in the same system. That uses up no attempts.',
    remedy: 'Nothing while that entity is on its way. If its own sync has failed, retry that one, or skip this.',
  },
  UNKNOWN_ENTITY: {
    meaning: 'The webhook speaks of an entity that the hub does not know yet; it is kept.',
    remedy:
      'Nothing: it is applied by itself when the entity appears. If it never does, send the entity to that system.',
  },
  UNMAPPED_STATUS: {
    meaning: 'The status that the other system sent has no counterpart in the integration’s mapping.',
    remedy: 'Add the status to the integration’s mappings, then replay the webhook.',
  },
  ALREADY_SENT: {
    meaning:
      'The other system was sent exactly this twice and answered each time at once with a form of its own; it would do so again, so it is not sent once more.',
    remedy: 'Nothing. To have both sides write it alike, make a field mapping.',
  },
  SYNC_LOOP: {
    meaning:
      'Two systems have answered each other’s changes of one entity again and again, without anybody changing it in the hub; it is not sent on.',
    remedy:
      'Have both write the named fields alike by a field mapping, or one of them not tell them; then sync the entity, which begins afresh.',
  },
  OUT_OF_DATE: {
    meaning:
      'The webhook is older than what was applied, or too late for where its entity is by now; it is kept and changes nothing.',
    remedy: 'Nothing.',
  },
  UPSTREAM_REJECTED: {
    meaning:
      'The other system refuses what it was sent, or answered that it never does what it was asked for (501, 505).',
    remedy: 'Read its answer in the sync event’s attempts, correct the data or the mapping, and sync the entity again.',
  },
  UPSTREAM_UNAUTHORIZED: {
    meaning: 'The other system does not accept the integration’s credentials.',
    remedy: 'Set valid credentials by `updateIntegration`, check them by `testConnection`, then redrive.',
  },
  UPSTREAM_NOT_FOUND: {
    meaning: 'The other system does not have what is to be changed or read.',
    remedy: 'Check there whether it was deleted, and the base URL of the integration; then sync the entity again.',
  },
  UPSTREAM_CONFLICT: {
    meaning: 'The other system says that this contradicts what it has.',
    remedy: 'Compare both sides, decide which is right, correct it, and sync the entity again.',
  },
  UPSTREAM_RATE_LIMITED: {
    meaning: 'The other system asks to be called less often.',
    remedy: 'Nothing: the hub waits as long as it was told and goes on. Lower the integration’s rate if it stays so.',
  },
  UPSTREAM_UNAVAILABLE: {
    meaning: 'The other system answered that it cannot work at present.',
    remedy: 'Nothing: it is tried again. If attempts are used up, redrive once the system is back.',
  },
  UPSTREAM_BAD_RESPONSE: {
    meaning: 'The other system’s answer is not of the documented form.',
    remedy: 'It is tried again. If it stays so, look at the answer in the attempts: a proxy may stand in between.',
  },
  TOO_MUCH_MISSING: {
    meaning:
      'A complete list of the other system lacks more of the known rows than its integration allows; none was removed.',
    remedy:
      'Look there whether its list is complete. If the rows are really gone, set the integration’s `removeAtMost` to 1, sync again, and set it back.',
  },
  UPSTREAM_TIMEOUT: {
    meaning: 'The other system did not answer in time; whether it did the work is not known.',
    remedy: 'Nothing: it is tried again with the same idempotency key. Raise the integration’s timeout if it stays so.',
  },
  UPSTREAM_UNREACHABLE: {
    meaning: 'No connection to the other system: its name, network or certificate fails.',
    remedy: 'It is tried again. If it stays so, check the base URL, the firewall and the certificate.',
  },
  CREDENTIALS_UNREADABLE: {
    meaning: 'The integration’s credentials were sealed with a key that the hub does not have.',
    remedy: 'Put the former ENCRYPTION_KEY into ENCRYPTION_KEYS_OLD, or set the credentials again.',
  },
  MAPPING_FAILED: {
    meaning: 'A field mapping of the integration cannot be applied to this data.',
    remedy: 'Try the mapping on this data by its preview, correct the transformation, then redrive.',
  },
  MAPPING_TIMEOUT: {
    meaning: 'A transformation of the integration’s field mappings took longer than it may.',
    remedy: 'It is tried again. If it stays so, simplify the transformation, then redrive.',
  },
  EVENT_NOT_REGISTERED: {
    meaning: 'A webhook came about an event that was not among those that its sender was registered for.',
    remedy:
      'It is kept and changes nothing. Register the webhook again with this event if it shall be applied, then replay it.',
  },
  NOT_READY: {
    meaning: 'The hub is starting or stopping.',
    remedy: 'Try again in a moment, or ask another instance.',
  },
  DATABASE_UNAVAILABLE: {
    meaning: 'The hub cannot reach its database.',
    remedy: 'Try again in a moment; operators look at `/health` and at the database.',
  },
  INTERNAL: {
    meaning: 'Something that nobody expected went wrong in the hub.',
    remedy: 'Give the requestId to the operators: the log says what happened under it.',
  },
};
