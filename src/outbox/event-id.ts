/** Whether a text can be a sync event's id: a positive bigint in decimal. PostgreSQL would refuse the statement otherwise. */
export function isEventId(id: string): boolean {
  return /^[1-9]\d{0,18}$/.test(id) && BigInt(id) < 2n ** 63n;
}
