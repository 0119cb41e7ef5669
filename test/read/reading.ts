import { pino } from 'pino';
import { buildHubSchema } from '../../schema/build.js';
import type { HubContext } from '../../schema/context.js';
import type { Caller } from '../../src/access/caller.js';
import { createReader } from '../../src/read/create-reader.js';
import type { Reader } from '../../src/read/reader.js';
import { createTestDatabase, type TestDatabase } from '../harness/database.js';
import { fillDatabase } from './rows.js';

export const schema = buildHubSchema();

/** A database with rows of two merchants, and the reader over it. */
export interface Reading {
  db: TestDatabase;
  reader: Reader;
  contextOf(caller: Caller): HubContext;
}

export async function startReading(): Promise<Reading> {
  const db = await createTestDatabase();
  await fillDatabase(db);
  const reader = createReader({ schema, db });
  // Queries use no service but the log and the lists of connectors and jobs, which have tests of their own.
  const services = { db, connectors: [], log: pino({ level: 'silent' }) } as unknown as HubContext['services'];
  return { db, reader, contextOf: (caller) => ({ services, caller, requestId: 'test', reader }) };
}

export function callerOf(more: Partial<Caller> = {}): Caller {
  return { subject: 'test', role: 'admin', merchantId: null, permissions: [], via: 'jwt', expiresAt: null, ...more };
}
