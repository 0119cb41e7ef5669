import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../model/make-folder.js';
import { adviseOnRoot, asOrdinaryUser, type Binaries, majorVersionOf } from './binaries.js';

export const USER = 'syncline';

/** The files of one embedded PostgreSQL. */
export interface Cluster {
  /** PostgreSQL's own data folder, without symbolic links. */
  folder: string;
  logFile: string;
  password: string;
}

/**
 * The cluster below the data folder, made first if there is none.
 * @throws Error that says what to do: the folder cannot be used, or another version of PostgreSQL made it
 */
export function prepareCluster(dataDir: string, binaries: Binaries): Cluster {
  const root = join(dataDir, 'postgres');
  try {
    makeFolder(dataDir, 0o700);
    if (!existsSync(join(root, 'data', 'PG_VERSION'))) make(root, binaries);
    const folder = realpathSync(join(root, 'data'));
    requireSameVersion(folder, binaries);
    return { folder, logFile: join(root, 'server.log'), password: readFileSync(join(root, 'password'), 'utf8').trim() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code) throw error;
    throw new Error(`DATA_DIR cannot be used for the embedded PostgreSQL (${message}). ${adviseOn(code)}`, {
      cause: error,
    });
  }
}

function adviseOn(code: string): string {
  if (code === 'ENOSPC') return 'Free some space on that disk, or let DATA_DIR name a folder on another one.';
  return 'Let DATA_DIR name a folder that you may write to, or set DATABASE_URL to use another PostgreSQL.';
}

/** Made beside its place and moved there when whole: a kill leaves nothing half-made, and of two hubs one wins. */
function make(root: string, binaries: Binaries): void {
  const draft = `${root}.new-${randomBytes(4).toString('hex')}`;
  mkdirSync(draft, { mode: 0o700 });
  try {
    const passwordFile = join(draft, 'password');
    writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    initialise(join(draft, 'data'), passwordFile, binaries);
    renameSync(draft, root);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(join(root, 'data', 'PG_VERSION'))) throw error;
  }
}

function initialise(folder: string, passwordFile: string, { initdb }: Binaries): void {
  const [command, args] = asOrdinaryUser(initdb, [
    `--pgdata=${folder}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]);
  const made = spawnSync(command, args, { encoding: 'utf8' });
  if (made.status === 0) return;
  const reason = (made.stderr || made.error?.message || made.stdout).trim();
  if (/no space left/i.test(reason)) throw Object.assign(new Error(reason), { code: 'ENOSPC' });
  throw new Error(`The embedded PostgreSQL could not be initialised: ${reason}.${adviseOnRoot()}`);
}

function requireSameVersion(folder: string, binaries: Binaries): void {
  const made = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  const brought = majorVersionOf(binaries);
  if (made === brought) return;
  throw new Error(
    `${folder} was made by PostgreSQL ${made}, this hub brings ${brought}. Start the hub's former version on it, ` +
      `dump the database (pg_dump) and load it into a new DATA_DIR; or start empty with another DATA_DIR.`,
  );
}
