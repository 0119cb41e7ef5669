const ISO = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/;

/** ISO 8601 text as UTC text to the millisecond; without a zone it is UTC. Null: it is none, or no day of the calendar. */
export function readInstant(text: string): string | null {
  const [, day, clock = '00:00', zone = 'Z'] = ISO.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return null;
  const at = new Date(`${day}T${clock}${zone.length === 3 ? `${zone}:00` : zone.toUpperCase()}`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** Whether the calendar has the day, of ten characters: JavaScript moves the 31st of February on. */
export function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
