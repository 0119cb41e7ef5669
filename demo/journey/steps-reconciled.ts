import { signFlashErp } from '../../src/connectors/flasherp/client.js';
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
  async run(systems, { number }) {
    await plant(systems, number);
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
    return `${planted}\nafter the repair ${left.discrepancies} differ`;
  },
};

/** Somebody changes one payment at the billing system, removes another and enters a third, and the hub is told of nothing. */
async function plant(systems: Systems, number: string): Promise<void> {
  const changed = await recordPayment(systems, `P-${number}`);
  const removed = await recordPayment(systems, `Q-${number}`);
  await systems.simulators.get('flasherp')?.control.advance({ id: changed, status: 'FAILED', webhook: false });
  await callBilling(systems, 'DELETE', `/transactions/${removed}`);
  await callBilling(systems, 'POST', '/transactions', {
    ...{ hub_id: 'none', reference: `R-${number}`, amount: 5, currency: 'TRY', status: 'succeeded' },
  });
}

async function callBilling({ simulators, keys }: Systems, method: string, path: string, content?: object) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const body = content === undefined ? '' : JSON.stringify(content);
  const answer = await fetch(`${simulators.get('flasherp')?.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${keys.apiKey}`,
      'x-flasherp-timestamp': timestamp,
      'x-flasherp-signature': signFlashErp(keys.apiSecret, timestamp, body),
      ...(content && { 'content-type': 'application/json' }),
    },
    ...(content && { body }),
  });
  if (!answer.ok) throw new Error(`The billing system refused ${method} ${path}: ${await answer.text()}`);
}

/** A payment that the billing system has, too; answers its id there. */
async function recordPayment(systems: Systems, reference: string): Promise<string> {
  const input = {
    merchantId: systems.merchantId,
    reference,
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
  return until('the payment is at the billing system', async () => {
    const answer = await systems.user.ask<{ transaction: { links: { state: string; externalId: string | null }[] } }>(
      query,
      { id: transaction.id },
    );
    return answer.transaction.links.find(({ state }) => state === 'SYNCED')?.externalId;
  });
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

interface Difference {
  kind: string;
  entityType: string;
  field: string | null;
  hereValue: string | null;
  thereValue: string | null;
}

async function describe({ user }: Systems, reconciliationId: string): Promise<string> {
  const { reconciliationDifferences } = await user.ask<{ reconciliationDifferences: { nodes: Difference[] } }>(
    `query ($filter: ReconciliationDifferenceFilter) {
      reconciliationDifferences(filter: $filter) { nodes { kind entityType field hereValue thereValue } } }`,
    { filter: { reconciliationId } },
  );
  return reconciliationDifferences.nodes.map(inWords).join('\n');
}

function inWords({ kind, entityType, field, hereValue, thereValue }: Difference): string {
  const what = entityType.toLowerCase();
  if (kind === 'FIELD_DIFFERS') return `${what} ${field}: ${hereValue} here, ${thereValue} there`;
  return `${what} ${kind.toLowerCase().replace('_', ' ')}`;
}
