import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A hub in a process of its own, as a user starts it. */
export interface HubProcess {
  /** `http://127.0.0.1:<port>` */
  url: string;
  pid: number;
  /** Everything that it has written to standard output, as parsed log lines. */
  log: Record<string, unknown>[];
  /** Sends the signal and waits for the end; answers the exit code, or null after SIGKILL. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));
/** As `npm start` gives them. */
const FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=50'];
const READY_TIMEOUT_MS = 60_000;

/**
 * Starts a hub and waits until it says that it is ready.
 * @param env added to a bare environment; `DATA_DIR` should be a folder of its own
 * @throws Error with the hub's last lines when it ends first
 */
export async function spawnHub(env: Record<string, string>): Promise<HubProcess> {
  const child = spawn(process.execPath, [...FLAGS, MAIN], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: Record<string, unknown>[] = [];
  const url = await readUrl(child, log);
  return { url, pid: child.pid ?? 0, log, end: (signal) => end(child, signal) };
}

function readUrl(child: ChildProcess, log: Record<string, unknown>[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const timer = setTimeout(() => fail('was not ready in time'), READY_TIMEOUT_MS);
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`The hub ${why}:\n${said.slice(-20).join('\n')}`));
    };
    child.once('exit', (code) => fail(`ended with ${code}`));
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      said.push(line);
      const entry = parse(line);
      log.push(entry);
      if (entry['msg'] !== 'ready') return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(String(entry['url']));
    });
  });
}

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { msg: line };
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  const [code] = await ended;
  return code as number | null;
}

/** The process id of the embedded PostgreSQL of this data folder. */
export function postgresPid(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
}
