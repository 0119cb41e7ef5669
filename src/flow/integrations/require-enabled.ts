import { HubError } from '../../errors.js';

/** @throws HubError INTEGRATION_DISABLED */
export function requireEnabled({ id, enabled }: { id: string; enabled: boolean }, path?: string[]): void {
  if (enabled) return;
  throw new HubError('INTEGRATION_DISABLED', `Integration ${id} is disabled: enable it first.`, { path });
}
