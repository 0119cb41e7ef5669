import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../model/make-folder.js';
import { type Problem, problemWith } from './problems.js';
import { VARIABLES } from './variables.js';

/** PostgreSQL's programs keep paths in 1024 bytes, and those below this one have to fit, too. */
const MOST_BYTES = 800;

/** What the file system's codes mean for a folder. */
const REASONS: Record<string, string> = {
  EACCES: 'the hub may not write there',
  EPERM: 'the hub may not write there',
  EROFS: 'that file system is read-only',
  ENOSPC: 'no space is left there',
  EDQUOT: 'no space is left there',
  ENOTDIR: 'a file is in its place',
  EEXIST: 'a file is in its place',
  ENAMETOOLONG: 'it is too long',
  ENOENT: 'no folder can be made there',
};

/** Made and written to here already, so that a folder that does not do is told together with everything else. */
export function requireDataFolder(dataDir: string, problems: Problem[]): void {
  if (Buffer.byteLength(dataDir) > MOST_BYTES) {
    problems.push(problemOf(dataDir, `longer than the ${MOST_BYTES} bytes that leave room for PostgreSQL's files`));
    return;
  }
  const probe = join(dataDir, `.probe-${randomBytes(6).toString('hex')}`);
  try {
    makeFolder(dataDir, 0o700);
    writeFileSync(probe, 'x'.repeat(4096), { flush: true });
  } catch (error) {
    problems.push(dataFolderProblem(dataDir, error));
  } finally {
    tidy(probe);
  }
}

function tidy(probe: string): void {
  try {
    rmSync(probe, { force: true });
  } catch {
    // Whatever hinders this has been told.
  }
}

export function dataFolderProblem(dataDir: string, error: unknown): Problem {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  return problemOf(dataDir, reason ? `${reason} (${message})` : message);
}

function problemOf(dataDir: string, reason: string): Problem {
  const problem = problemWith('DATA_DIR', VARIABLES.DATA_DIR, dataDir);
  return { ...problem, found: `${problem.found}: ${reason}` };
}
