import { merchantFor } from './merchants/merchant-for.js';
import { once } from './once.js';
import type { Work } from './work.js';

/** A mutation that makes something for a merchant. */
export interface AskedMaking {
  /** The mutation's name. */
  operation: string;
  input: { merchantId?: string | null | undefined; idempotencyKey?: string | null | undefined };
}

/**
 * Finds the merchant and makes something for it, unless the idempotency key has done so before; answers what `make` does, an
 * id.
 * @throws HubError NOT_FOUND or FORBIDDEN for a merchant that is not there or not the caller's; IDEMPOTENCY_KEY_REUSED
 */
export async function makeOnce(
  { tx, caller }: Pick<Work, 'tx' | 'caller'>,
  { operation, input }: AskedMaking,
  make: (merchantId: string) => Promise<string>,
): Promise<string> {
  const merchantId = await merchantFor(tx, caller, input.merchantId, 'refuse');
  return once(tx, { merchantId, operation, key: input.idempotencyKey, input }, () => make(merchantId));
}
