import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../../errors.js';
import { makeFolder } from '../../model/make-folder.js';

/** Folders of one integration; each is a plain folder, never a link to another place. */
const PARTS = ['in', 'work', 'done', 'failed', 'out', '.sent'] as const;
export type Part = (typeof PARTS)[number];

/** Names of files that are still being written, or that belong to an editor. */
const UNFINISHED = /^[.~]|\.(tmp|temp|part|partial|filepart|crdownload|download|writing|lock)$/i;
const LONGEST_NAME_BYTES = 180;

/** One integration's files. */
export interface Folder {
  path(part: Part, name: string): string;
  /** Makes what is missing. @throws HubError INVALID_STATE when a part is a link, or cannot be used */
  prepare(): Promise<void>;
}

/** @param root the merchant's folder; null: the hub was given none */
export function openFolder(root: string | null, folder: string): Folder {
  const base = () => {
    if (root !== null) return join(root, folder);
    throw new HubError('INVALID_STATE', 'The hub was started without a folder for files: set CSV_ROOT.');
  };
  return {
    path: (part, name) => join(base(), part, name),
    async prepare() {
      const segments = folder.split('/').map((_, index, all) => join(root ?? '', ...all.slice(0, index + 1)));
      const parts = PARTS.map((part) => join(base(), part));
      makeRoot(root ?? '');
      for (const path of [...segments, ...parts]) await makePlain(path);
    },
  };
}

function makeRoot(root: string): void {
  try {
    makeFolder(root, 0o777);
  } catch (error) {
    unusable(error);
  }
}

/** Files of the folder `in` by their names; folders, links and what is unfinished are left out. */
export async function listNames(folder: Folder): Promise<string[]> {
  const entries = await readdir(folder.path('in', ''), { withFileTypes: true }).catch(unusable);
  return entries
    .filter((entry) => entry.isFile() && isSafeName(entry.name) && !UNFINISHED.test(entry.name))
    .map(({ name }) => name);
}

/** @throws HubError BAD_USER_INPUT */
export function checkName(name: string): void {
  if (isSafeName(name) && !UNFINISHED.test(name)) return;
  throw new HubError(
    'BAD_USER_INPUT',
    'A file’s name must be plain, such as products.csv: no path, no leading point, no .tmp or .part.',
    {
      path: ['name'],
    },
  );
}

function isSafeName(name: string): boolean {
  return name !== '' && !/[/\\\p{Cc}]/u.test(name) && Buffer.byteLength(name) <= LONGEST_NAME_BYTES;
}

/** Opens a plain file to read; a link or a device is refused, whoever put it there. @throws HubError BAD_USER_INPUT */
export async function openPlain(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
  if (file && (await file.stat()).isFile()) return file;
  await file?.close();
  throw new HubError('BAD_USER_INPUT', 'The file is gone, or is no plain file.');
}

/** Moves within the folder; false: there is nothing to move. */
export async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return false;
    return unusable(error);
  }
}

async function makePlain(path: string): Promise<void> {
  await mkdir(path).catch((error) => (error.code === 'EEXIST' ? undefined : unusable(error)));
  if ((await lstat(path)).isDirectory()) return;
  throw new HubError(
    'INVALID_STATE',
    'A folder for files is a link or a file: only plain folders below CSV_ROOT are used.',
  );
}

/** Without its message, which has the path. */
export function unusable(error: unknown): never {
  if (error instanceof HubError) throw error;
  const code = (error as { code?: string }).code ?? 'unknown';
  throw new HubError(
    'UPSTREAM_UNREACHABLE',
    `The folder for files cannot be used (${code}): check its rights and its disk.`,
  );
}
