import { openDatabase } from '../../src/db/database.js';
import { EVERYTHING, startFeed } from './harness.js';

/** An instance of the hub as the feed sees it: writes changes without end, seals, and serves one subscriber. */
export interface ToInstance {
  after: string | null;
}
export interface FromInstance {
  cursor: string;
  position: number;
  entityId: string;
  version: number;
}

const ENTITIES = 12;
const random = (below: number) => Math.floor(Math.random() * below);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const db = await openDatabase(process.env['FEED_DATABASE'] ?? '', () => {});
const feed = await startFeed(db, { recentChanges: 50 });

/** Moves one or two entities on by a version each, sometimes slowly, sometimes in vain. */
async function write(): Promise<void> {
  await db.transaction(async (tx) => {
    for (const id of new Set([random(ENTITIES), random(ENTITIES)].sort())) {
      const [row] = await tx.sql<{ version: number }>(
        'update versions set version = version + 1 where id = $1 returning version',
        [id],
      );
      const data = { version: row?.version };
      await feed.publish(tx, [
        { kind: 'order.updated', merchantId: 'm1', entityType: 'ORDER', entityId: String(id), data },
      ]);
      if (random(4) === 0) await pause(random(40));
    }
    if (random(5) === 0) throw new Error('in vain');
  });
}

async function writeOn(): Promise<void> {
  for (;;) await write().catch(() => pause(1));
}

process.on('message', async ({ after }: ToInstance) => {
  for await (const { cursor, position, entityId, data } of await feed.subscribe(EVERYTHING, after)) {
    process.send?.({ cursor, position, entityId, version: Number(data['version']) } satisfies FromInstance);
  }
});
// The test has ended.
process.on('disconnect', () => process.exit());
for (let writer = 0; writer < 3; writer += 1) void writeOn();
process.send?.('ready');
