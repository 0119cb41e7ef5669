import type { Systems } from './open-systems.js';
import { mutate, type Step, until } from './steps.js';

type UserErrors = { userErrors: { message: string }[] };

interface Run {
  id: string;
  state: string;
  discrepancies: number;
}

export const toBeReconciled: Step = {
  title: 'Reconciled: planted differences found and repaired',
  async run(systems, order) {
    const payment = await recordPayment(systems, order.number);
    const billing = systems.simulators.get('flasherp');
    await billing?.control.advance({ id: payment.externalId, status: 'FAILED', webhook: false });
    const found = await reconcile(systems);
    const planted = await describe(systems, found.id);
    await mutate<UserErrors & { affected: number }>(systems, 'repairDifferences(filter: $input)', 'affected', [
      'RepairDifferencesFilter',
      { reconciliationId: found.id },
    ]);
    const left = await until('the repair has reached the system', async () => {
      const again = await reconcile(systems);
      return again.discrepancies === 0 && again;
    });
    return `${planted}; after the repair ${left.discrepancies} differ`;
  },
};

/** A payment that the billing system has, too. */
async function recordPayment(systems: Systems, orderNumber: string): Promise<{ externalId: string }> {
  const input = {
    merchantId: systems.merchantId,
    reference: `P-${orderNumber}`,
    amount: '67.05',
    currency: 'TRY',
    status: 'SUCCEEDED',
  };
  const { transaction } = await mutate<UserErrors & { transaction: { id: string } }>(
    systems,
    'createTransaction(input: $input)',
    'transaction { id }',
    ['CreateTransactionInput', input],
  );
  const query = 'query ($id: ID!) { transaction(id: $id) { links { state externalId } } }';
  const externalId = await until('the payment is at the billing system', async () => {
    const answer = await systems.user.ask<{ transaction: { links: { state: string; externalId: string | null }[] } }>(
      query,
      { id: transaction.id },
    );
    return answer.transaction.links.find(({ state }) => state === 'SYNCED')?.externalId;
  });
  return { externalId };
}

async function reconcile(systems: Systems): Promise<Run> {
  const { reconciliation } = await mutate<UserErrors & { reconciliation: { id: string } }>(
    systems,
    'reconcile(input: $input)',
    'reconciliation { id }',
    ['ReconcileInput', { integrationId: systems.integrations.get('flasherp') }],
  );
  return until('the reconciliation is complete', async () => {
    const answer = await systems.user.ask<{ reconciliation: Run }>(
      'query ($id: ID!) { reconciliation(id: $id) { id state discrepancies } }',
      { id: reconciliation.id },
    );
    return answer.reconciliation.state === 'COMPLETE' && answer.reconciliation;
  });
}

async function describe({ user }: Systems, reconciliationId: string): Promise<string> {
  const { reconciliationDifferences } = await user.ask<{
    reconciliationDifferences: {
      nodes: { entityType: string; field: string | null; hereValue: string; thereValue: string }[];
    };
  }>(
    `query ($filter: ReconciliationDifferenceFilter) {
      reconciliationDifferences(filter: $filter) { nodes { entityType field hereValue thereValue } } }`,
    { filter: { reconciliationId } },
  );
  return reconciliationDifferences.nodes
    .map(({ entityType, field, hereValue, thereValue }) => {
      return `${entityType.toLowerCase()} ${field}: ${hereValue} here, ${thereValue} there`;
    })
    .join('; ');
}
