/**
 * Rules on 10,000 rows of a pull, through the sandbox as a pull sends them, against jsonata alone, called in the same process
 * with nothing around it. Prints the processor time of a row and the ratio for each list of rules. `node bench/mapping.ts`, after `npm run build`.
 */
import jsonata from 'jsonata';
import { createMappings } from '../dist/src/mapping/create-mappings.js';

const ROWS = 10_000;
const PAGE = 1000;
const LISTS: Record<string, [source: string, target: string, transformation?: string][]> = {
  'names and named transformations': [
    ['stock.code', 'sku'],
    ['stock.name', 'name', 'trim'],
    ['stock.list', 'price', 'parseFloat'],
  ],
  'five expressions': [
    ['stock.code & "-X"', 'sku'],
    ['$uppercase(stock.name)', 'name'],
    ['$number(stock.list) * 2', 'price'],
    ['stock.qty - stock.reserved', 'available'],
    ['$lookup({"W1": "Main"}, warehouse)', 'brand'],
  ],
  'two that need lists and patterns': [
    ['$join(tags, "-")', 'brand'],
    ['$replace(stock.name, /o+/, "0")', 'name'],
  ],
};
const documents = Array.from({ length: ROWS }, (_, n) => ({
  stock: { code: `SKU-${n}`, name: `Product no ${n}`, list: `12.${10 + (n % 90)}`, qty: n % 100, reserved: n % 7 },
  tags: ['a', 'b', 'c'],
  warehouse: 'W1',
  updatedAt: '2026-01-01T00:00:00Z',
}));

/** Of all threads, so that what else the machine does counts little; microseconds a row. */
async function timeOfRow(work: (from: number) => Promise<unknown>): Promise<number> {
  await work(0);
  const before = process.cpuUsage();
  for (let from = 0; from < ROWS; from += PAGE) await work(from);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ROWS;
}

const mappings = createMappings();
for (const [what, list] of Object.entries(LISTS)) {
  const rules = list.map(([source, target, transformation = null]) => ({
    ...{ source, target, transformation },
    ...{ required: false, defaultValue: null },
  }));
  const bound = mappings.bind([{ entityType: 'PRODUCT', direction: 'INBOUND', rules }]);
  const hub = await timeOfRow((from) =>
    bound.inboundRows(
      'PRODUCT',
      documents.slice(from, from + PAGE).map((document) => ({ document, target: { sku: '' } })),
    ),
  );
  const expressions = list.map(([source]) => jsonata(source));
  const peer = await timeOfRow(async (from) => {
    for (const document of documents.slice(from, from + PAGE))
      for (const expression of expressions) await expression.evaluate(document);
  });
  console.log(
    `${what}: ${hub.toFixed(1)} µs a row, jsonata alone ${peer.toFixed(1)}: ${(peer / hub).toFixed(2)} times as fast`,
  );
}
await mappings.stop();
