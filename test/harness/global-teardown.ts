import { rmSync } from 'node:fs';

export default async function globalTeardown(): Promise<void> {
  if (!globalThis.testPostgres) return;
  await globalThis.testPostgres.server.stop();
  rmSync(globalThis.testPostgres.dataDir, { recursive: true, force: true });
}
