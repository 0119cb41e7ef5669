import type { UpstreamRecord } from '../connector.js';
import { comparedCurrency } from '../erp/compared-currency.js';
import { lineFields } from '../order-fields.js';
import type { LogoSettings } from './settings.js';
import { amountText, type OrderContent, type OrderLine } from './wire.js';

const GOODS = 0;

/**
 * What of an order is compared, whether Logo told it or the hub would send it. The totals of an order are Logo's own work
 * (taxes, discounts); what its lines come to is not.
 */
export function comparedFields(order: OrderContent, settings: LogoSettings): UpstreamRecord['fields'] {
  const { CUST_ORD_NO: number, ARP_CODE: customer, CURR_TRANSACTIN: currency, TRANSACTIONS } = order;
  const goods = TRANSACTIONS?.items?.filter(({ TYPE }) => (TYPE ?? GOODS) === GOODS);
  return {
    number,
    ...(customer !== undefined && { customer }),
    currency: comparedCurrency(currency ?? 0, settings),
    ...(goods && lineFields(goods.map(lineOf))),
  };
}

function lineOf({ MASTER_CODE, QUANTITY, PRICE, PC_PRICE, CURR_PRICE }: OrderLine) {
  const price = CURR_PRICE && PC_PRICE != null ? PC_PRICE : PRICE;
  return { sku: MASTER_CODE ?? null, quantity: amountText(QUANTITY), unitPrice: amountText(price) };
}
