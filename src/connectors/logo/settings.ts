import { z } from 'zod';
import { policySettings, serverUrlSetting } from '../policy.js';
import { erpStatusSettings } from '../status-settings.js';
import { CODE_PAGES } from '../text/code-pages.js';

export const LogoCredentials = z
  .strictObject({
    clientId: z.string().min(1).optional().describe('Of the program that is registered with the REST service.'),
    clientSecret: z.string().min(1).optional().describe('The secret of that program.'),
    apiKey: z.string().min(1).optional().describe('Instead of both: `id:secret`, or the same in Base64.'),
    username: z.string().min(1).describe('Of the Logo user that the hub signs in as.'),
    password: z.string().min(1).describe('Of that user.'),
  })
  .refine(({ clientId, clientSecret, apiKey }) => (clientId && clientSecret) || apiKey, {
    path: ['clientId'],
    error: 'is missing: give clientId and clientSecret, or apiKey',
  });
export type LogoCredentials = z.infer<typeof LogoCredentials>;

export const LogoSettings = z.strictObject({
  baseUrl: serverUrlSetting.describe('Without /api/v1, for example https://logo.example.com:32001.'),
  ...policySettings,
  concurrency: policySettings.concurrency
    .default(2)
    .describe('Each session takes a seat of the licence: few calls at once.'),
  firmNumber: z.int().min(1).max(999).default(1).describe('firmno.'),
  periodNumber: z.int().min(1).max(99).default(1).describe('The period whose stock is read.'),
  warehouse: z.int().min(-1).default(0).describe('SOURCE_WH of orders, and whose stock is read; -1: of all.'),
  warehouseCode: z.string().max(50).optional().describe('What the hub calls the place of that stock.'),
  priceListCode: z.string().min(1).max(50).optional().describe('CODE of the price cards that count; left out: all.'),
  arpPrefix: z
    .string()
    .regex(/^[A-Z0-9.-]{1,7}$/, 'must be 1 to 7 of A-Z, 0-9, point and hyphen')
    .default('120.')
    .describe('Codes of accounts that the hub makes start with it.'),
  defaultArpCode: z.string().min(1).max(17).optional().describe('The account of orders that have no customer.'),
  unitCode: z.string().min(1).max(10).default('ADET').describe('UNIT_CODE of the lines.'),
  vatIncluded: z.boolean().default(true).describe('Whether prices contain the tax.'),
  localCurrency: z.string().length(3).default('TRY').describe('The currency of the books.'),
  currencyNumbers: z
    .record(z.string(), z.int().min(1))
    .default({ USD: 1, GBP: 17, EUR: 20 })
    .describe('Other currencies: ISO code → Logo’s number.'),
  codePage: z.enum(CODE_PAGES).default('windows-1254').describe('The code page of the company’s database.'),
  pageSize: z.int().min(1).max(500).default(100).describe('Items of one page of a pull.'),
  ...erpStatusSettings,
});
export type LogoSettings = z.infer<typeof LogoSettings>;
