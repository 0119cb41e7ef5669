import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_FOLDER } from '../../src/connectors/csv/simulated-shop.js';
import type { RowProblem } from '../../src/connectors/pull.js';
import { encodeText } from '../../src/connectors/text/code-pages.js';
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
    return `tracking ${trackingNumbers.join(', ') || 'unknown'}`;
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

export const toBeStocked: Step = {
  title: 'Stock flows back, and only what differs is written',
  async run(systems) {
    const first = await pullStock(systems, 'extensiv');
    await systems.simulators.get('extensiv')?.control.advance({ id: SKU, status: '3' });
    const second = await pullStock(systems, 'extensiv');
    return `warehouse: ${first.rowsRead} rows, then ${second.rowsChanged} changed: ${SKU} has ${await available(systems)}`;
  },
};

export const toBeStockedByOthers: Step = {
  title: 'Stock of both ERPs and of a file, one row wrong',
  async run(systems) {
    const [logo, netsis] = [await pullStock(systems, 'logo'), await pullStock(systems, 'netsis')];
    const { rowsRead, problem } = await dropStock(systems);
    return `Logo ${logo.rowsRead}, Netsis ${netsis.rowsRead}, file ${rowsRead} rows\n${problem}`;
  },
};

/** As an old shop program writes it: semicolons and Windows-1254, under another name until it is complete. */
async function dropStock(systems: Systems): Promise<{ rowsRead: number; problem: string }> {
  const folder = join(systems.filesRoot, DEMO_FOLDER, 'in');
  const lines = ['Stok Kodu;Stok Adı;Miktar', 'CSV-1;Kırmızı Şapka;12', 'CSV-2;Örgü Sepet;çok', 'CSV-3;Çelik Zil;7'];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'stok.csv.tmp'), encodeText(lines.join('\r\n'), 'windows-1254'));
  renameSync(join(folder, 'stok.csv.tmp'), join(folder, 'stok.csv'));
  const file = await until('the file is taken', async () => {
    await runJob(systems, 'watch-folders');
    const { importFiles } = await systems.user.ask<{ importFiles: { nodes: TakenFile[] } }>(
      '{ importFiles(first: 1, filter: { entityType: INVENTORY, status: [DONE] }) { nodes { rowsRead syncEventId } } }',
    );
    return importFiles.nodes[0];
  });
  const { syncEvent } = await systems.user.ask<{ syncEvent: { problems: { nodes: RowProblem[] } } }>(
    'query ($id: ID!) { syncEvent(id: $id) { problems { nodes { line column value rule } } } }',
    { id: file.syncEventId },
  );
  const told = syncEvent.problems.nodes.map((one) => `line ${one.line}, ${one.column} "${one.value}": ${one.rule}`);
  return { rowsRead: file.rowsRead, problem: told.join('; ') };
}

interface TakenFile {
  rowsRead: number;
  syncEventId: string;
}

interface PullRun {
  rowsRead: number;
  rowsChanged: number;
}

async function pullStock(systems: Systems, connector: string): Promise<PullRun> {
  const { syncEvent } = await mutate<{ syncEvent: { id: string }; userErrors: { message: string }[] }>(
    systems,
    'syncInventory(input: $input)',
    'syncEvent { id }',
    ['SyncIntegrationInput', { integrationId: systems.integrations.get(connector) }],
  );
  return until(`the stock of ${connector} is read`, async () => {
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
