import { HubError } from '../../errors.js';
import type { Services } from '../services.js';

/** Quantities that somebody plays the ERP with. */
export interface MockStock {
  items: { sku: string; qty: number }[];
  orderIncrementId?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}

const SIMULATOR = `select settings ->> 'baseUrl' as url from integrations
where connector = 'escooter' and configured_by = 'DEMO' and enabled and deleted_at is null`;
const PATIENCE_MS = 10_000;

/**
 * Hands the quantities to the simulated ERP, which tells the hub of them as a real one does. Where none runs they are
 * logged and change nothing. Answers whether one took them.
 * @throws HubError NOT_FOUND in production, UPSTREAM_UNAVAILABLE
 */
export async function mockUpdateStock(services: Services, stock: MockStock): Promise<boolean> {
  if (services.httpsOnly) throw new HubError('NOT_FOUND', 'There is no simulated ERP in production.');
  services.log.info({ items: stock.items, order: stock.orderIncrementId }, 'mock stock received');
  const { rows } = await services.db.pool.query<{ url: string }>(SIMULATOR);
  const [simulator] = rows;
  if (!simulator) return false;
  const answer = await fetch(`${simulator.url}/mock-update-stock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(stock),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => null);
  if (answer?.ok) return true;
  throw new HubError('UPSTREAM_UNAVAILABLE', 'The simulated ERP did not take it. Try again.');
}
