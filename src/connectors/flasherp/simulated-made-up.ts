/** Transactions that nobody sent, as many as are asked for and none of them kept: a ledger of any length. */
export interface MadeUp {
  grow(count: number): void;
  count(): number;
  /** In the order of their numbers, as the API shows them; one in 10,000 has another amount than 19.90. */
  show(index: number): Record<string, unknown>;
  /** By its id; undefined: it is none of these. */
  find(id: string): Record<string, unknown> | undefined;
}

const ODD = 10_000;

export function createMadeUp(): MadeUp {
  let count = 0;
  let updatedAt = new Date(0).toISOString();
  const show = (index: number) => ({
    id: `fe_made_${index}`,
    hub_id: `txn_made_${index}`,
    reference: `MADE-${index}`,
    type: 'payment',
    status: 'succeeded',
    amount: index % ODD === 0 ? '19.91' : '19.90',
    currency: 'EUR',
    updated_at: updatedAt,
  });
  return {
    grow: (wanted) => {
      count = wanted;
      updatedAt = new Date().toISOString();
    },
    count: () => count,
    show,
    find(id) {
      const index = Number(/^fe_made_(\d{1,9})$/.exec(id)?.[1] ?? Number.NaN);
      return index < count ? show(index) : undefined;
    },
  };
}
