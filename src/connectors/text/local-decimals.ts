/** What stands between whole and part: `1.234,56` in Turkey and Germany, `1,234.56` elsewhere. */
export type DecimalSign = ',' | '.';

const GROUPED = {
  ',': /^[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?$/,
  '.': /^[+-]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?$/,
};
/** One sign with three digits behind it: a thousand in one country, a part in the other. */
const AMBIGUOUS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;
/** More than any amount has. */
const MOST_DIGITS = 30;

/** Plain decimal text of a number as people write it, or null when it is none by this sign. */
export function readDecimal(text: string, sign: DecimalSign): string | null {
  const bare = stripMoney(text);
  if (bare.length > MOST_DIGITS || !GROUPED[sign].test(bare)) return null;
  const plain = bare
    .replaceAll(sign === ',' ? '.' : ',', '')
    .replace(',', '.')
    .replace(/^\+/, '');
  return plain.replace(/^(-?)0+(?=\d)/, '$1');
}

/** The sign that a number shows, or null where both readings are possible or neither. */
export function decimalSignOf(text: string): DecimalSign | null {
  const bare = stripMoney(text);
  if (AMBIGUOUS.test(bare) || /^[+-]?\d*$/.test(bare)) return null;
  const byComma = GROUPED[','].test(bare);
  const byPoint = GROUPED['.'].test(bare);
  if (byComma === byPoint) return null;
  return byComma ? ',' : '.';
}

/** Whether a number means one thing by a comma and another by a point. */
export function isAmbiguousDecimal(text: string): boolean {
  return AMBIGUOUS.test(stripMoney(text));
}

export function writeDecimal(plain: string, sign: DecimalSign): string {
  return sign === ',' ? plain.replace('.', ',') : plain;
}

/** Blanks group digits too, and a currency may stand before or behind. */
function stripMoney(text: string): string {
  return text
    .replace(/[\s\u00a0\u202f']/g, '')
    .replace(/^(?:[₺€$£]|TRY|TL|EUR|USD|GBP)|(?:[₺€$£]|TRY|TL|EUR|USD|GBP)$/gi, '');
}
