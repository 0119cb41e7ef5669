import { z } from 'zod';
import { policySettings, serverUrlSetting } from '../policy.js';
import { erpStatusSettings } from '../status-settings.js';
import { CODE_PAGES } from '../text/code-pages.js';

export const NetsisCredentials = z.strictObject({
  username: z.string().min(1).describe('Of the Netsis user that the hub signs in as.'),
  password: z.string().min(1).describe('Of that user.'),
  dbUser: z
    .string()
    .min(1)
    .default('TEMELSET')
    .describe('The user of the company’s database that the REST service signs in with.'),
  dbPassword: z.string().default('').describe('Of that database user.'),
});
export type NetsisCredentials = z.infer<typeof NetsisCredentials>;

export const NetsisSettings = z.strictObject({
  baseUrl: serverUrlSetting.describe('Without /api/v2, for example https://netsis.example.com:7070.'),
  ...policySettings,
  concurrency: policySettings.concurrency
    .default(2)
    .describe('Each token takes a seat of the licence: few calls at once.'),
  branchCode: z.int().min(0).default(0).describe('Sube_Kodu.'),
  database: z.string().min(1).describe('The company’s database.'),
  dbType: z.int().min(0).max(9).default(0).describe('0: Microsoft SQL Server.'),
  documentPrefix: z
    .string()
    .regex(/^[A-Z0-9]{1,4}$/, 'must be 1 to 4 of A-Z and 0-9')
    .default('SYN')
    .describe('First characters of the numbers of orders; no other program may use them.'),
  warehouseCode: z.int().min(0).default(0).describe('DEPO_KODU of the lines.'),
  customerPrefix: z
    .string()
    .regex(/^[A-Z0-9.-]{1,7}$/, 'must be 1 to 7 of A-Z, 0-9, point and hyphen')
    .default('120-')
    .describe('Codes of accounts that the hub makes start with it.'),
  defaultCustomerCode: z.string().min(1).max(15).optional().describe('The account of orders that have no customer.'),
  pricesIncludeTax: z.boolean().default(true).describe('KDV_DAHILMI: whether prices contain the tax.'),
  localCurrency: z.string().length(3).default('TRY').describe('The currency that has the number 0 there.'),
  currencyNumbers: z
    .record(z.string(), z.int().min(1))
    .default({})
    .describe('Other currencies: ISO code → Netsis’s number (DOVIZTIP), as maintained in the company.'),
  priceList: z.int().min(1).max(4).default(1).describe('Which of Satis_Fiat1 to Satis_Fiat4 is the price.'),
  codePage: z.enum(CODE_PAGES).default('windows-1254').describe('The code page of the company’s database.'),
  pageSize: z.int().min(1).max(1000).default(500).describe('Items of one page of a pull.'),
  ...erpStatusSettings,
});
export type NetsisSettings = z.infer<typeof NetsisSettings>;
