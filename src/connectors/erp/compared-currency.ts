/** How an ERP numbers currencies; its own has the number 0. */
interface CurrencyNumbers {
  localCurrency: string;
  /** By ISO code. */
  currencyNumbers: Readonly<Record<string, number>>;
}

/** The ISO code of a currency as it is compared; the ERP's number where the settings do not name it. */
export function comparedCurrency(number: number, { localCurrency, currencyNumbers }: CurrencyNumbers): string {
  if (number === 0) return localCurrency;
  return Object.entries(currencyNumbers).find(([, known]) => known === number)?.[0] ?? String(number);
}
