import { z } from 'zod';
import { policySettings } from '../policy.js';
import { orderStatusMappings, strictMapping } from '../status-settings.js';
import { CODE_PAGES } from '../text/code-pages.js';
import { FIELDS } from './fields.js';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** One or more folders, none of which leads out of where it is. */
const Folder = z
  .string()
  .max(200)
  .regex(
    /^[\w-][\w .-]*(\/[\w-][\w .-]*)*$/,
    'must be folder names of letters, digits, _ - . and blanks, with / between',
  );

const columnsOf = (kind: keyof typeof FIELDS) =>
  z.partialRecord(z.enum(Object.keys(FIELDS[kind]) as [string, ...string[]]), z.string().min(1)).default({});

export const CsvCredentials = z.strictObject({});
export type CsvCredentials = z.infer<typeof CsvCredentials>;

export const CsvSettings = z.strictObject({
  folder: Folder.default('files').describe(
    'Below the merchant’s folder in CSV_ROOT; in, done, failed and out are in it.',
  ),
  encoding: z
    .enum(['auto', ...CODE_PAGES])
    .default('auto')
    .describe('Of the files that come in; auto: recognised.'),
  delimiter: z
    .enum(['auto', ...DELIMITERS])
    .default('auto')
    .describe('Between the columns of files that come in.'),
  decimalSign: z.enum(['auto', ',', '.']).default('auto').describe('Auto: by the numbers where there is no doubt.'),
  dateOrder: z.enum(['DMY', 'MDY']).default('DMY').describe('Of dates that do not begin with the year.'),
  defaultCurrency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional()
    .describe('Of orders and prices without one, ISO 4217.'),
  columns: z
    .strictObject({ products: columnsOf('products'), stock: columnsOf('stock'), orders: columnsOf('orders') })
    .prefault({})
    .describe('The hub’s field → the header in the file; goes before the names that are known.'),
  statusMappings: orderStatusMappings.describe('A status in the file → the hub’s; goes before the hub’s own names.'),
  strictMapping,
  settleMs: z.int().min(0).max(3_600_000).default(3000).describe('A file is complete when it was left alone so long.'),
  exports: z
    .array(z.enum(['ORDER', 'INVOICE']))
    .default(['ORDER', 'INVOICE'])
    .describe('What is written to the folder out.'),
  exportDelimiter: z.enum(DELIMITERS).default(',').describe('Between the columns of what is exported.'),
  exportEncoding: z.enum(CODE_PAGES).default('utf-8').describe('Of what is exported.'),
  exportByteOrderMark: z.boolean().default(false).describe('Some versions of Excel need it to see UTF-8.'),
  exportDecimalSign: z.enum([',', '.']).default('.').describe('In amounts of what is exported.'),
  ...policySettings,
  ratePerSecond: policySettings.ratePerSecond.default(null),
});
export type CsvSettings = z.infer<typeof CsvSettings>;
