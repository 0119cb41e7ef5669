import type { GraphQLError } from 'graphql';
import { audit } from '../access/audit.js';
import { sqlOn } from '../db/database.js';
import { HubError } from '../errors.js';
import type { Services } from '../flow/services.js';
import type { Reader, ReadRequest } from '../read/reader.js';

/** The same reader; an operation that its caller may not run leaves a security event. Mutations audit themselves. */
export function auditRefusals(reader: Reader, { db, log }: Pick<Services, 'db' | 'log'>): Reader {
  const note = async ({ context: { caller, requestId }, operationName }: ReadRequest, message: string) => {
    const { subject: actor, merchantId } = caller;
    const details = { operationName: operationName ?? null, message };
    const entry = { actor, action: 'query.refuse', outcome: 'REFUSED', merchantId, details, requestId } as const;
    await audit(sqlOn(db.pool), entry).catch((err: unknown) => log.warn({ err }, 'refused query not audited'));
  };
  return {
    ...reader,
    execute: async (request) => {
      const result = await reader.execute(request);
      const refusal = result.errors?.find(isRefusal);
      if (refusal) await note(request, refusal.message);
      return result;
    },
  };
}

const isRefusal = ({ originalError }: GraphQLError) =>
  originalError instanceof HubError && originalError.code === 'FORBIDDEN';
