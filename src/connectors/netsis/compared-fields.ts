import type { UpstreamRecord } from '../connector.js';
import { comparedCurrency } from '../erp/compared-currency.js';
import { lineFields } from '../order-fields.js';
import type { NetsisSettings } from './settings.js';
import { amountText, type SlipContent } from './wire.js';

/**
 * What of an order is compared, whether Netsis told it or the hub would send it. The totals of an order are Netsis's own
 * work (taxes, discounts); what its lines come to is not.
 */
export function comparedFields({ FatUst, Kalems }: SlipContent, settings: NetsisSettings): UpstreamRecord['fields'] {
  const { EKACK2: number, CariKod: customer, DOVIZTIP } = FatUst;
  const lines = Kalems?.map(({ StokKodu, STra_GCMIK, STra_BF }) => ({
    sku: StokKodu ?? null,
    quantity: amountText(STra_GCMIK),
    unitPrice: amountText(STra_BF),
  }));
  return {
    number,
    ...(customer != null && { customer }),
    ...(DOVIZTIP != null && { currency: comparedCurrency(DOVIZTIP, settings) }),
    ...(lines && lineFields(lines)),
  };
}
