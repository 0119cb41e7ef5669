import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How far what has survived may grow before it is looked at again. */
const GROWTH_PERCENT = 50;

/**
 * Keeps this process's memory near to what it uses. To be called once, when the start is over. Left alone, V8 waits for some
 * hundred megabytes of old garbage before it collects the first time: a pull of a million rows would show as many more.
 */
export function boundMemory(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  // The growth is counted from the last collection, so there must have been one.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
}
