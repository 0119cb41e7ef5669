import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHubClient, type HubClient } from '../../demo/hub-client.js';
import { spawnHub } from '../../demo/hub-process.js';
import { issueToken } from '../../src/access/token.js';
import { createTestDatabase, type TestDatabase } from './database.js';

const SECRET = 'a-test-secret-of-more-than-32-characters';

/** A hub in a process of its own, on a database and in a folder of its own, with no system beside it. */
export interface KillableHub {
  db: TestDatabase;
  /** Its `CSV_ROOT`. */
  files: string;
  /** Speaks to the process that runs now, as an admin of all merchants. */
  admin: HubClient;
  /** `SIGKILL`. */
  kill(): Promise<unknown>;
  /** Stops the process where it is; answers what lets it go on. */
  freeze(): () => void;
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** @param session options of PostgreSQL in place of the hub's, as `-c name=value` */
export async function startKillableHub(session = ''): Promise<KillableHub> {
  const db = await createTestDatabase();
  const root = mkdtempSync(join(tmpdir(), 'syncline-kill-'));
  const files = join(root, 'files');
  const spawn = () =>
    spawnHub({
      ...{
        DATABASE_URL: session ? `${db.url}?options=${encodeURIComponent(session)}` : db.url,
        DATA_DIR: join(root, 'data'),
        CSV_ROOT: files,
      },
      ...{ JWT_SECRET: SECRET, ENCRYPTION_KEY: SECRET, SIMULATORS: 'off' },
    });
  const token = await issueToken({ secret: SECRET }, { sub: 'tester', role: 'admin' }, 3600);
  let running = await spawn();
  const speak = () => createHubClient(running.url, `Bearer ${token}`);
  const hub: KillableHub = {
    db,
    files,
    admin: speak(),
    kill: () => running.end('SIGKILL'),
    freeze: () => {
      const { pid } = running;
      process.kill(pid, 'SIGSTOP');
      return () => void process.kill(pid, 'SIGCONT');
    },
    startAgain: async () => {
      running = await spawn();
      hub.admin = speak();
    },
    stop: async () => {
      await running.end('SIGTERM');
      await db.drop();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return hub;
}
