import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { SimulatedSystem, SimulatorKit } from './kit.js';

const SAVE_EVERY_MS = 2000;

/**
 * Takes up the state that the process before this one left, and leaves it for the next: at the end of the process and
 * every other second, so that a demo goes on where it stopped.
 */
export function keepState(file: string, kit: SimulatorKit, system: SimulatedSystem): void {
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8'));
    kit.effects.restore(kept.effects);
    system.restore(kept.system);
  }
  let saved = '';
  const save = () => {
    const state = JSON.stringify({ effects: kit.effects.save(), system: system.save() });
    if (state === saved) return;
    writeFileSync(`${file}.new`, state);
    renameSync(`${file}.new`, file);
    saved = state;
  };
  setInterval(save, SAVE_EVERY_MS).unref();
  process.once('exit', save);
}
