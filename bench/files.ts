/**
 * Reads one large CSV file of products as the hub does (survey of all bytes, then rows page by page) and prints MB/s, rows/s
 * and the peak of resident memory. `node bench/files.ts [megabytes]`, after `npm run build`. There is no peer in it.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csv } from '../dist/src/connectors/csv/index.js';

const MEGABYTE = 1024 ** 2;
const bytes = Number(process.argv[2] ?? 300) * MEGABYTE;
const root = await mkdtemp(join(tmpdir(), 'syncline-bench-'));
const file = { id: 'fil_1', name: 'products.csv' };

function* lines() {
  yield 'sku;name;brand;barcode;price;currency\r\n';
  let size = 0;
  for (let n = 1; size < bytes; ) {
    let block = '';
    for (let row = 0; row < 1000; row += 1, n += 1)
      block += `SKU-${n};"Kırmızı Şapka, numara ${n}";Örgü;869${String(n).padStart(10, '0')};1.${String(n % 1000).padStart(3, '0')},90;TRY\r\n`;
    size += Buffer.byteLength(block);
    yield block;
  }
}

try {
  await mkdir(join(root, 'files/in'), { recursive: true });
  await pipeline(Readable.from(lines()), createWriteStream(join(root, 'files/in/products.csv')));
  const settings = csv.settings.parse({ settleMs: 0 });
  const { files } = csv.connect({ credentials: {}, settings, filesRoot: root }, null as never);
  if (!files) throw new Error('The connector takes files.');
  await files.claim(file);
  console.log(`${Math.round(process.memoryUsage.rss() / MEGABYTE)} MiB of memory before`);
  const startedAt = performance.now();
  let rows = 0;
  let problems = 0;
  let peak = 0;
  for await (const page of files.readProducts(file, new AbortController().signal)) {
    rows += page.rows.length;
    problems += page.problems?.length ?? 0;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${bytes / MEGABYTE} MiB, ${rows} rows, ${problems} problems in ${seconds.toFixed(1)} s:`);
  console.log(
    `${(bytes / MEGABYTE / seconds).toFixed(1)} MiB/s, ${Math.round(rows / seconds)} rows/s, peak RSS ${Math.round(peak / MEGABYTE)} MiB`,
  );
} finally {
  await rm(root, { recursive: true });
}
