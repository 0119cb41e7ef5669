import { z } from 'zod';
import { OrderStatus } from '../../model/statuses.js';
import { CODE_PAGES } from '../code-pages.js';
import { baseUrlSetting, policySettings } from '../policy.js';

export const NetsisCredentials = z.strictObject({
  username: z.string().min(1),
  password: z.string().min(1),
  /** The user of the company's database that the REST service signs in with. */
  dbUser: z.string().min(1).default('TEMELSET'),
  dbPassword: z.string().default(''),
});
export type NetsisCredentials = z.infer<typeof NetsisCredentials>;

export const NetsisSettings = z.strictObject({
  /** Without `/api/v2`, for example https://netsis.example.com:7070. */
  baseUrl: baseUrlSetting,
  ...policySettings,
  /** Each token takes a seat of the licence: few calls at once. */
  concurrency: policySettings.concurrency.default(2),
  /** Sube_Kodu. */
  branchCode: z.int().min(0).default(0),
  /** The company's database. */
  database: z.string().min(1),
  /** 0: Microsoft SQL Server. */
  dbType: z.int().min(0).max(9).default(0),
  /** Orders there are numbered from it; together with `documentPrefix` no other program may use it. */
  documentPrefix: z
    .string()
    .regex(/^[A-Z0-9]{1,4}$/, 'must be 1 to 4 of A-Z and 0-9')
    .default('SYN'),
  /** DEPO_KODU of the lines. */
  warehouseCode: z.int().min(0).default(0),
  /** Codes of accounts that the hub makes start with it. */
  customerPrefix: z
    .string()
    .regex(/^[A-Z0-9.-]{1,7}$/, 'must be 1 to 7 of A-Z, 0-9, point and hyphen')
    .default('120-'),
  /** The account of orders that have no customer. */
  defaultCustomerCode: z.string().min(1).max(15).optional(),
  /** KDV_DAHILMI: whether prices contain the tax. */
  pricesIncludeTax: z.boolean().default(true),
  /** The currency that has the number 0 there. */
  localCurrency: z.string().length(3).default('TRY'),
  /** Other currencies: ISO code → Netsis's number (DOVIZTIP), as maintained in the company. */
  currencyNumbers: z.record(z.string(), z.int().min(1)).default({}),
  /** Which of Satis_Fiat1 to Satis_Fiat4 is the price. */
  priceList: z.int().min(1).max(4).default(1),
  /** The code page of the company's database. */
  codePage: z.enum(CODE_PAGES).default('windows-1254'),
  /** Items of one page of a pull. */
  pageSize: z.int().min(1).max(1000).default(500),
  /** Orders go there from these statuses on; left out: from every one. */
  statuses: z.array(z.enum(OrderStatus)).min(1).optional(),
});
export type NetsisSettings = z.infer<typeof NetsisSettings>;
