import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Seconds of processor time of a process and of its children, those that have ended included. By Linux's /proc. */
export function processorTime(pid: number): number {
  const own = statOf(pid);
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = others.map((name) => statOf(Number(name))).filter(({ parent }) => parent === pid);
  return (
    [own.ended, ...[own, ...children].map(({ used }) => used)].reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND
  );
}

function statOf(pid: number): { parent: number; used: number; ended: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const at = (place: number) => fields[place] ?? 0;
    return { parent: at(1), used: at(11) + at(12), ended: at(13) + at(14) };
  } catch {
    return { parent: -1, used: 0, ended: 0 };
  }
}
