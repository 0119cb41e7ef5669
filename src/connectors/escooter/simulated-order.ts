/** An order in the simulated ERP; `id` is the reference that the ERP gives. */
export interface ErpOrder {
  id: string;
  number: string;
  orderId: string | null;
  status: string;
  items: { sku: string; qty: number }[];
  totals: Record<string, unknown>;
}
