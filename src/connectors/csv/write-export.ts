import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Folder, move, unusable } from './folder.js';

/** Marks of what was exported are kept for this month and the last one; no attempt is so late. */
const KEPT_MONTHS = 2;

/**
 * Puts a file into the folder `out` once per key, however often it is asked to and whenever a crash comes, also when the
 * first file has been collected already. The file is staged first, then the key is marked, then the staged file is renamed
 * into place: a mark without a staged file says that it was.
 */
export async function writeExport(folder: Folder, name: string, key: string, bytes: Buffer): Promise<void> {
  await folder.prepare();
  const mark = createHash('sha256').update(key).digest('hex');
  const staged = folder.path('.sent', `${mark}.staged`);
  const place = folder.path('out', name);
  try {
    if (!(await isMarked(folder, mark))) {
      await writeDurably(staged, bytes);
      await writeDurably(folder.path('.sent', join(month(0), mark)), Buffer.alloc(0));
    }
    await move(staged, place);
  } catch (error) {
    unusable(error);
  }
}

async function isMarked(folder: Folder, mark: string): Promise<boolean> {
  const made = await mkdir(folder.path('.sent', month(0)), { recursive: true });
  if (made) await forgetOldMonths(folder);
  const paths = [month(0), month(1)].map((name) => folder.path('.sent', join(name, mark)));
  return (await Promise.all(paths.map(exists))).some(Boolean);
}

async function forgetOldMonths(folder: Folder): Promise<void> {
  const months = (await readdir(folder.path('.sent', ''))).filter((name) => /^\d{4}-\d\d$/.test(name)).sort();
  for (const old of months.slice(0, -KEPT_MONTHS)) await rm(folder.path('.sent', old), { recursive: true });
}

/** `2026-11`, so many months ago. */
function month(ago: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1)).toISOString().slice(0, 7);
}

/** Under its name only when it is whole, and on the disk. */
async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.tmp`;
  const file = await open(unfinished, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  const directory = await open(dirname(path), 'r');
  await directory.sync().finally(() => directory.close());
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
