import { HubError } from '../../errors.js';

/** @throws HubError INVALID_TRANSITION when the table does not lead from one status to the other */
export function checkTransition<Status extends string>(
  table: Record<Status, readonly Status[]>,
  from: Status,
  to: Status,
): void {
  if (table[from].includes(to)) return;
  const allowed = table[from].length > 0 ? `From there it can go to ${table[from].join(', ')}.` : 'That is final.';
  throw new HubError('INVALID_TRANSITION', `It is ${from} and cannot become ${to}. ${allowed}`, { path: ['status'] });
}
