import { HubError } from '../errors.js';

/** Of a row of a run, what tells whether it may go on. */
export interface RunState {
  state: string;
}

/** That a run was ended by a person, who is named in its row. */
export const cancelled = () => new HubError('CANCELLED', 'It was cancelled; what was done until then stays.');

/** @throws HubError CANCELLED where one of these runs was */
export function requireUncancelled(runs: readonly RunState[]): void {
  if (runs.some(({ state }) => state === 'CANCELLED')) throw cancelled();
}
