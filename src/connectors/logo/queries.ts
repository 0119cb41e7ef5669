import type { LogoSettings } from './settings.js';

/** Logo's tables carry the number of the firm, and what belongs to a period also that of the period. */
const firm = ({ firmNumber }: LogoSettings) => String(firmNumber).padStart(3, '0');
const period = ({ periodNumber }: LogoSettings) => String(periodNumber).padStart(2, '0');

/** Sales prices (PTYPE 2) in force of these items, the newest last. */
export function pricesQuery(settings: LogoSettings, codes: string[]): string {
  const { priceListCode } = settings;
  const list = codes.map(quoted).join(',');
  const ofList = priceListCode === undefined ? '' : ` AND P.CODE = ${quoted(priceListCode)}`;
  return (
    `SELECT I.CODE, P.PRICE, P.CURRENCY FROM LG_${firm(settings)}_PRCLIST P` +
    ` JOIN LG_${firm(settings)}_ITEMS I ON I.LOGICALREF = P.CARDREF` +
    ` WHERE P.PTYPE = 2 AND P.ACTIVE = 0 AND I.CODE IN (${list})${ofList} ORDER BY P.LOGICALREF`
  );
}

/** Stock on hand and reserved by item, from the view of totals; INVENNO -1 is all warehouses together. */
export function stockQuery(settings: LogoSettings, offset: number, limit: number): string {
  const totals = `LV_${firm(settings)}_${period(settings)}_STINVTOT`;
  return (
    `SELECT I.CODE, I.NAME, SUM(T.ONHAND) AS ONHAND, SUM(T.RESERVED) AS RESERVED FROM LG_${firm(settings)}_ITEMS I` +
    ` LEFT JOIN ${totals} T ON T.STOCKREF = I.LOGICALREF AND T.INVENNO = ${settings.warehouse}` +
    ` WHERE I.ACTIVE = 0 GROUP BY I.CODE, I.NAME ORDER BY I.CODE OFFSET ${offset} ROWS FETCH NEXT ${limit} ROWS ONLY`
  );
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
