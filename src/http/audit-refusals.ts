import type { GraphQLError } from 'graphql';
import { actorOf, audit } from '../access/audit.js';
import { sqlOn } from '../db/database.js';
import { HubError } from '../errors.js';
import type { Services } from '../flow/services.js';
import type { Reader, ReadRequest } from '../read/reader.js';

type Noted = Pick<Services, 'db' | 'log' | 'noteSecurityEvent'>;

/** The same reader; an operation that its caller may not run leaves a security event. Mutations audit themselves. */
export function auditRefusals(reader: Reader, services: Noted): Reader {
  return {
    ...reader,
    execute: async (request) => {
      const { context, operationName } = request;
      const result = await reader.execute(request);
      const refusal = result.errors?.find(isRefusal);
      if (refusal) await noteRefusal(services, context, operationName ?? null, refusal.message);
      return result;
    },
  };
}

/** Counts and audits that somebody asked for what it may not. */
export async function noteRefusal(
  { db, log, noteSecurityEvent }: Noted,
  { caller, requestId }: ReadRequest['context'],
  operationName: string | null,
  message: string,
): Promise<void> {
  noteSecurityEvent('RIGHT_REFUSED');
  const details = { operationName, message };
  const { merchantId } = caller;
  const entry = { action: 'query.refuse', outcome: 'REFUSED', merchantId, details, requestId } as const;
  await audit(sqlOn(db.pool), { ...actorOf(caller), ...entry }).catch((err: unknown) =>
    log.warn({ err }, 'refused query not audited'),
  );
}

const isRefusal = ({ originalError }: GraphQLError) =>
  originalError instanceof HubError && originalError.code === 'FORBIDDEN';
