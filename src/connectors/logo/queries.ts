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

/**
 * How far these orders have come: SHIPPEDAMOUNT grows with each dispatch or invoice that is made of a line, CLOSED ends a
 * line whatever was shipped. TRCODE 1: orders of customers; LINETYPE 0: goods.
 */
export function statesQuery(settings: LogoSettings, references: readonly number[]): string {
  const table = (name: string) => `LG_${firm(settings)}_${period(settings)}_${name}`;
  const order = 'F.LOGICALREF, F.CUSTORDNO, F.GENEXP1, F.STATUS, F.CANCELLED';
  return (
    `SELECT F.LOGICALREF AS REFERENCE, F.CUSTORDNO, F.GENEXP1, F.STATUS, F.CANCELLED, SUM(L.SHIPPEDAMOUNT) AS SHIPPED,` +
    ' SUM(CASE WHEN L.CLOSED = 0 AND L.SHIPPEDAMOUNT < L.AMOUNT THEN 1 ELSE 0 END) AS OPENLINES' +
    ` FROM ${table('ORFICHE')} F JOIN ${table('ORFLINE')} L ON L.ORDFICHEREF = F.LOGICALREF AND L.LINETYPE = 0` +
    ` WHERE F.TRCODE = 1 AND F.LOGICALREF IN (${references.join(',')}) GROUP BY ${order}`
  );
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
