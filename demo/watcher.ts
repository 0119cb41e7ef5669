import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './stage.js';

/** What a subscriber has seen that reconnects with its last cursor whenever it loses the hub. */
export interface Watcher {
  changes: number;
  reconnections: number;
  /** Changes that came twice. */
  repeats: number;
  /** Each status that was seen of each order and sync event, by `<kind> <entity id>`. */
  seen: Map<string, string[]>;
  stop(): Promise<void>;
}

interface SeenChange {
  changes: { cursor: string; kind: string; entityId: string; at: string };
}

const CHANGES = `subscription Watch($after: Cursor) {
  changes(after: $after) { cursor kind entityId at }
}`;
const RECONNECT_PAUSE_MS = 100;

/** Follows the whole feed from now on: what happens after this resolves is seen. */
export async function watch(stage: Stage): Promise<Watcher> {
  const cursors = new Set<string>();
  let { changesCursor: after } = await stage.user.ask<{ changesCursor: string }>('{ changesCursor }');
  let stopped = false;
  let current: AsyncGenerator<SeenChange> | null = null;
  const watcher: Watcher = { changes: 0, reconnections: 0, repeats: 0, seen: new Map(), stop };
  const note = ({ cursor, kind, entityId }: SeenChange['changes']) => {
    after = cursor;
    watcher.changes++;
    if (cursors.has(cursor)) watcher.repeats++;
    cursors.add(cursor);
    const name = `${kind} ${entityId}`;
    watcher.seen.set(name, [...(watcher.seen.get(name) ?? []), cursor]);
  };
  const follow = async () => {
    while (!stopped) {
      try {
        current = stage.user.subscribe<SeenChange>(CHANGES, { after });
        for await (const { changes } of current) note(changes);
      } catch {
        watcher.reconnections++;
      }
      if (!stopped) await sleep(RECONNECT_PAUSE_MS);
    }
  };
  const following = follow();
  async function stop(): Promise<void> {
    stopped = true;
    void current?.return(undefined).catch(() => {});
    await Promise.race([following, sleep(1000)]);
  }
  return watcher;
}
