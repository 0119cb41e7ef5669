import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './stage.js';

/** A sync event as the day's end shows it. */
export interface SyncEventLine {
  id: string;
  entityId: string;
  direction: 'OUTBOUND' | 'INBOUND';
  status: string;
  retryCount: number;
  idempotencyKey: string;
  createdAt: string;
  processedAt: string | null;
}

interface Page {
  syncEvents: { edges: { node: SyncEventLine }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

const SYNC_EVENTS = `query SyncEvents($after: Cursor, $filter: SyncEventFilter) {
  syncEvents(first: 100, after: $after, filter: $filter) {
    edges { node { id entityId direction status retryCount idempotencyKey createdAt processedAt } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const OPEN = ['PENDING', 'IN_PROGRESS', 'RETRYING'];
const POLL_MS = 200;

/** All sync events that a filter selects, page by page. */
export async function readSyncEvents(stage: Stage, filter: Record<string, unknown> = {}): Promise<SyncEventLine[]> {
  const lines: SyncEventLine[] = [];
  for (let after: string | null = null; ; ) {
    const { syncEvents }: Page = await stage.user.ask<Page>(SYNC_EVENTS, { after, filter });
    lines.push(...syncEvents.edges.map(({ node }) => node));
    if (!syncEvents.pageInfo.hasNextPage) return lines;
    after = syncEvents.pageInfo.endCursor;
  }
}

/**
 * Waits until nothing is waiting, running or to be retried; the hub may be away in between.
 * @param onOpen told how many are open still
 * @throws Error when something is open after `timeoutMs`
 */
export async function untilSettled(stage: Stage, timeoutMs: number, onOpen?: (open: number) => void): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const open = await readSyncEvents(stage, { status: OPEN }).catch(() => null);
    if (open) onOpen?.(open.length);
    if (open?.length === 0) return;
    if (Date.now() > deadline) throw new Error(`Still open: ${JSON.stringify(open?.slice(0, 3) ?? 'the hub is away')}`);
    await sleep(POLL_MS);
  }
}
