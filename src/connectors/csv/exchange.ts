import { createWriteStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HubError } from '../../errors.js';
import type { EntityType } from '../../model/statuses.js';
import type { FieldMappings } from '../field-mappings.js';
import type { FileExchange, FileKind, FileSurvey, KnownFile, WaitingFile } from '../files.js';
import { type Columns, kindOf, stockBeside, type Table } from './fields.js';
import { checkName, type Folder, listNames, move, unusable } from './folder.js';
import { hintsOf } from './hints-of.js';
import { openReading, openSurveyed } from './open-reading.js';
import { type Reading, readProducts, readStock, readStockBeside } from './read-items.js';
import { readOrders } from './read-orders.js';
import type { CsvSettings } from './settings.js';
import { surveyBytes } from './survey-file.js';
import { writeReport } from './write-report.js';

/** Nothing that was accepted waits so long. */
const ABANDONED_MS = 7 * 86_400_000;

/** The files that come in, in the folders `in`, `work`, `done` and `failed`. */
export function createExchange(folder: Folder, settings: CsvSettings, mappings: FieldMappings): FileExchange {
  return { ...comingIn(folder, settings), ...atWork(folder), ...readers(folder, settings, mappings) };
}

function comingIn(
  folder: Folder,
  settings: CsvSettings,
): Pick<FileExchange, 'list' | 'survey' | 'receive' | 'putAside'> {
  return {
    async list() {
      await folder.prepare();
      await removeAbandoned(folder);
      const seen = await Promise.all((await listNames(folder)).map((name) => look(folder, name)));
      const leftAlone = Date.now() - settings.settleMs;
      return seen
        .filter((file): file is WaitingFile => file !== null && file.modifiedAt.getTime() <= leftAlone)
        .sort((a, b) => a.modifiedAt.getTime() - b.modifiedAt.getTime() || (a.name < b.name ? -1 : 1));
    },
    survey: ({ name }) => surveyFile(folder.path('in', name), name, settings),
    async receive(file, content, mostBytes) {
      checkName(file.name);
      await folder.prepare();
      const path = uploadPath(folder, file);
      try {
        await save(content, path, mostBytes);
        return await surveyFile(path, file.name, settings);
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
    putAside: async ({ name }) =>
      void (await move(folder.path('in', name), folder.path('done', `${Date.now()}-again-${name}`))),
  };
}

function atWork(folder: Folder): Pick<FileExchange, 'claim' | 'isClaimed' | 'discard' | 'finish'> {
  return {
    async claim(file) {
      await folder.prepare();
      const path = workPath(folder, file);
      if (await exists(path)) return true;
      const places = [
        uploadPath(folder, file),
        folder.path('in', file.name),
        folder.path('failed', finishedName(file)),
      ];
      for (const place of places) if (await move(place, path)) return true;
      // Whoever accepts a file and whoever works on it may both put it there at the same time.
      return exists(path);
    },
    isClaimed: (file) => exists(workPath(folder, file)),
    discard: (file) => rm(uploadPath(folder, file), { force: true }),
    async finish(file, report) {
      const name = finishedName(file);
      await writeReport(folder.path(report.outcome, `${name}.report.csv`), report);
      for (const path of [workPath(folder, file), uploadPath(folder, file)])
        await move(path, folder.path(report.outcome, name));
    },
  };
}

const TABLES: Record<FileKind, Table> = { PRODUCT: 'products', INVENTORY: 'stock', ORDER: 'orders' };

/** What the hub makes of each table. An order's own columns are needed whatever rules say: they tell where it ends. */
const KINDS: Record<Table, EntityType | null> = { products: 'PRODUCT', stock: 'INVENTORY', orders: null };

function readers(
  folder: Folder,
  settings: CsvSettings,
  mappings: FieldMappings,
): Pick<FileExchange, 'readProducts' | 'readStock' | 'readOrders' | 'readHeader' | 'readStockBeside'> {
  const open = <Of extends Table>(file: KnownFile, table: Of, signal: AbortSignal) =>
    openReading({ ...placeOf(folder, file), table, settings, mapped: writtenIn(table), signal });
  const writtenIn = (table: Table) => mappings.inboundTargets(KINDS[table] ?? 'INTEGRATION');
  // Where rules make the products' SKUs and none makes those of the stock, it cannot be told whose stock it is.
  const isSameSku = () => !writtenIn('products').has('sku') || writtenIn('stock').has('sku');
  const beside = ({ table, columns }: Reading<'products'>) =>
    stockBeside(table.header, settings.columns.stock, columns);
  return {
    async readHeader(file, kind) {
      const reading = await open(file, TABLES[kind], AbortSignal.timeout(60_000));
      const isProducts = kind === 'PRODUCT' && isSameSku();
      const stock = isProducts ? beside(reading as Reading<'products'>) : null;
      const isMapped = [kind, ...(stock ? (['INVENTORY'] as const) : [])].some(
        (of) => mappings.inboundTargets(of).size > 0,
      );
      return { hasStock: stock !== null, ...(isMapped ? { unused: [] } : unusedOf(TABLES[kind], reading, stock)) };
    },
    async *readStockBeside(file, signal) {
      const products = await open(file, 'products', signal);
      yield* readStockBeside(products, beside(products) ?? new Map(), writtenIn('stock'));
    },
    async *readProducts(file, signal) {
      yield* readProducts(await open(file, 'products', signal));
    },
    async *readStock(file, signal) {
      yield* readStock(await open(file, 'stock', signal));
    },
    async *readOrders(file, signal) {
      const reading = await open(file, 'orders', signal);
      yield* readOrders({ ...reading, statusMappings: settings.statusMappings.orders });
    },
  };
}

/** What its columns leave over of a file. */
function unusedOf(of: Table, { table, columns }: Reading<Table>, stock: Columns<'stock'> | null) {
  const used = new Set([...columns.values(), ...(stock?.values() ?? [])].map(({ index }) => index));
  const unused = table.header.filter((name, index) => name !== '' && !used.has(index));
  return { unused, hints: hintsOf(of, unused, columns) };
}

const finishedName = ({ id, name }: KnownFile) => `${id}-${name}`;
const workPath = (folder: Folder, file: KnownFile) => folder.path('work', finishedName(file));
const placeOf = (folder: Folder, file: KnownFile) => ({ path: workPath(folder, file), contentHash: file.contentHash });
const uploadPath = (folder: Folder, file: KnownFile) => `${workPath(folder, file)}.upload`;

/** Of uploads that broke off with the hub. */
async function removeAbandoned(folder: Folder): Promise<void> {
  const names = (await readdir(folder.path('work', ''))).filter((name) => name.endsWith('.upload'));
  for (const name of names) {
    const found = await stat(folder.path('work', name)).catch(() => null);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(folder.path('work', name), { force: true });
  }
}

async function look(folder: Folder, name: string): Promise<WaitingFile | null> {
  const found = await stat(folder.path('in', name)).catch(() => null);
  // Renaming in sets the change time alone, so that a file moved in is taken at once; one being written changes both.
  return found && { name, modifiedAt: found.mtime };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function save(content: Readable, path: string, mostBytes: number): Promise<void> {
  let size = 0;
  const bounded = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > mostBytes) {
        throw new HubError(
          'PAYLOAD_TOO_LARGE',
          `A file may have ${Math.floor(mostBytes / 1024 ** 2)} MiB; put larger ones into the folder.`,
        );
      }
      yield chunk;
    }
  };
  await pipeline(content, bounded, createWriteStream(path, { flags: 'wx', flush: true })).catch((error) => {
    if (error instanceof HubError || !(error.syscall ?? '').match(/write|open|fsync/)) throw error;
    unusable(error);
  });
}

/** The kind by the name, else by the header; a header that cannot be read leaves it open. */
async function surveyFile(path: string, name: string, settings: CsvSettings): Promise<FileSurvey> {
  const bytes = await surveyBytes(path);
  const read = await openSurveyed(path, bytes, settings).catch((error) => {
    if (error instanceof HubError) return error;
    throw error;
  });
  const isUnreadable = read instanceof HubError;
  const kind: FileKind | null = kindOf(name, isUnreadable ? [] : read.header, settings.columns);
  return {
    ...{ contentHash: bytes.contentHash, sizeBytes: bytes.sizeBytes, kind },
    ...(isUnreadable && { unreadable: read }),
  };
}
