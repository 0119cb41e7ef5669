import type { FastifyInstance } from 'fastify';
import type { ContextOf } from '../context-of.js';
import { registerConfig } from './config.js';
import { registerFullSync } from './full-sync.js';
import { registerReads } from './reads.js';
import { registerSyncs } from './syncs.js';

/** Rows F4–F9 and F11: FlashERP's configuration, syncs, status and history, for admins. */
export function registerFlashErp(scope: FastifyInstance, contextOf: ContextOf): void {
  registerConfig(scope, contextOf);
  registerSyncs(scope, contextOf);
  registerFullSync(scope, contextOf);
  registerReads(scope, contextOf);
}
