import type { Systems } from './open-systems.js';
import { externalIdAt, mutate, type Step, until, untilStatus } from './steps.js';

const SKU = 'CBD-OIL-10';

export const toBeShipped: Step = {
  title: 'Shipped: the portal and the customer are told',
  async run(systems, order) {
    const warehouse = systems.simulators.get('extensiv');
    const id = await externalIdAt(systems, order, 'extensiv');
    for (const status of ['picking', 'packed', 'shipped']) {
      await warehouse?.control.advance({ id, status });
      await runJob(systems, 'follow-orders');
      await untilStatus(systems, order, status.toUpperCase());
    }
    await until('the portal shows it as shipped', async () => {
      const state = await systems.simulators.get('b2b-portal')?.control.state();
      return state?.['orders']?.some(({ status }) => status === 'SHIPPED');
    });
    const { trackingNumbers } = await untilStatus(systems, order, 'SHIPPED');
    return `tracking ${trackingNumbers.join(', ') || 'unknown'}, ${await countMessages(systems)} messages to people`;
  },
};

async function runJob({ user }: Systems, name: string): Promise<void> {
  await until(`the job ${name} starts`, async () => {
    const { runJob: ran } = await user.ask<{ runJob: { userErrors: { code: string }[] } }>(
      'mutation ($name: String!) { runJob(name: $name) { userErrors { code } } }',
      { name },
    );
    return ran.userErrors.length === 0;
  });
}

async function countMessages({ user }: Systems): Promise<number> {
  const { notifications } = await user.ask<{ notifications: { nodes: unknown[] } }>(
    '{ notifications(first: 50) { nodes { id } } }',
  );
  return notifications.nodes.length;
}

export const toBeStocked: Step = {
  title: 'Stock flows back, and only what differs is written',
  async run(systems) {
    const first = await pullStock(systems);
    await systems.simulators.get('extensiv')?.control.advance({ id: SKU, status: '3' });
    const second = await pullStock(systems);
    return `${first.rowsRead} rows read, then ${second.rowsChanged} changed: ${SKU} has ${await available(systems)}`;
  },
};

interface PullRun {
  rowsRead: number;
  rowsChanged: number;
}

async function pullStock(systems: Systems): Promise<PullRun> {
  const { syncEvent } = await mutate<{ syncEvent: { id: string }; userErrors: { message: string }[] }>(
    systems,
    'syncInventory(input: $input)',
    'syncEvent { id }',
    ['SyncIntegrationInput', { integrationId: systems.integrations.get('extensiv') }],
  );
  return until('the stock is read', async () => {
    const { pulls } = await systems.user.ask<{
      pulls: { nodes: (PullRun & { syncEventId: string; state: string })[] };
    }>('{ pulls(first: 10) { nodes { syncEventId state rowsRead rowsChanged } } }');
    return pulls.nodes.find((run) => run.syncEventId === syncEvent.id && run.state === 'COMPLETE');
  });
}

async function available({ user, integrations }: Systems): Promise<number | undefined> {
  const { inventory } = await user.ask<{ inventory: { nodes: { available: number }[] } }>(
    'query ($filter: InventoryFilter) { inventory(filter: $filter) { nodes { available } } }',
    { filter: { sku: [SKU], integrationId: integrations.get('extensiv') } },
  );
  return inventory.nodes[0]?.available;
}
