import { createHash } from 'node:crypto';
import { HubError } from '../../errors.js';
import type { InvoiceSnapshot, OrderSnapshot } from '../../model/snapshots.js';
import type { Connection, Connector, DeliveryResult, Effect } from '../connector.js';
import { type FieldMappings, noFieldMappings } from '../field-mappings.js';
import { policyOf } from '../policy.js';
import { writeTable } from '../text/write-table.js';
import { deliverSafely } from '../upstream/classify.js';
import { createExchange } from './exchange.js';
import { invoiceBody, orderBody, tableOf } from './export-tables.js';
import { type Folder, openFolder } from './folder.js';
import { CsvCredentials, CsvSettings } from './settings.js';
import { writeExport } from './write-export.js';

/** Files: products, prices, stock and orders in, by a watched folder or posted; orders and invoices out. */
export const csv: Connector<CsvCredentials, CsvSettings> = {
  name: 'csv',
  title: 'CSV and Excel files',
  sends: ['ORDER', 'INVOICE'],
  accepts: ({ entityType }, { exports }) => (exports as string[]).includes(entityType),
  modes: ['POLLING'],
  honoursIdempotencyKeys: true,
  credentials: CsvCredentials,
  settings: CsvSettings,
  policy: policyOf,
  demo: {
    webhookPath: null,
    credentials: () => ({}),
    settings: () => ({ folder: 'demo', settleMs: 500 }),
  },
  connect({ settings, mappings = noFieldMappings, filesRoot = null }): Connection {
    const folder = openFolder(filesRoot, settings.folder);
    return {
      deliver: (effect) => deliverSafely(() => deliver(folder, settings, mappings, effect)),
      checkHealth: () => folder.prepare(),
      files: createExchange(folder, settings, mappings),
    };
  },
};

/** One file per effect; whoever collects them tells by `export key` what it has had. */
async function deliver(
  folder: Folder,
  settings: CsvSettings,
  mappings: FieldMappings,
  effect: Effect,
): Promise<DeliveryResult> {
  const { entityType, operation, snapshot, idempotencyKey } = effect;
  if (operation === 'QUERY' || operation === 'DELETE' || !snapshot) {
    throw new HubError('UNSUPPORTED', 'Files are written once: they can neither be asked nor taken back.');
  }
  if (entityType !== 'ORDER' && entityType !== 'INVOICE') {
    throw new HubError('UNSUPPORTED', `Orders and invoices are exported, not ${entityType}.`);
  }
  const isOrder = entityType === 'ORDER';
  const own = isOrder
    ? orderBody(snapshot as OrderSnapshot, idempotencyKey, settings)
    : invoiceBody(snapshot as InvoiceSnapshot, idempotencyKey, settings);
  const bytes = writeTable(tableOf(await mappings.outbound(entityType, snapshot, own)), {
    delimiter: settings.exportDelimiter,
    encoding: settings.exportEncoding,
    byteOrderMark: settings.exportByteOrderMark,
  });
  const externalId = `${isOrder ? 'order' : 'invoice'}-${safe((snapshot as OrderSnapshot).number)}`;
  // Names sort in the order of the events.
  const name = `${externalId}-${effect.syncEventId.padStart(10, '0')}-${short(idempotencyKey)}.csv`;
  await writeExport(folder, name, idempotencyKey, bytes);
  return { kind: 'delivered', externalId, externalNumber: (snapshot as OrderSnapshot).number };
}

/** Part of a file's name on every system; what differs in what was replaced differs in the fingerprint. */
function safe(number: string): string {
  const plain = number.replace(/[^A-Za-z0-9_.-]+/g, '_').slice(0, 80);
  return plain === number && !plain.startsWith('.') ? plain : `${plain.replace(/^\.+/, '')}-${short(number)}`;
}

const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 10);
