import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const TICK_US = 10_000;

/** Processor time so far, in microseconds: of this process, and of the PostgreSQL server `pid` with all its backends. */
export function readCpu(pid: number): { nodeUs: number; postgresUs: number } {
  const { user, system } = process.cpuUsage();
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const fields = readStat(name);
    if (!fields) continue;
    const [own, children] = [Number(fields[11]) + Number(fields[12]), Number(fields[13]) + Number(fields[14])];
    if (Number(name) === pid) ticks += own + children;
    else if (Number(fields[1]) === pid) ticks += own;
  }
  return { nodeUs: user + system, postgresUs: ticks * TICK_US };
}

/** The fields after the name: state, parent, … */
function readStat(name: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
