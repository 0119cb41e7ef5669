/** The answer of a whole query as PostgreSQL wrote it. Whoever looks inside pays for the parsing. */
export class RawJson {
  constructor(readonly text: string) {}

  toJSON(): unknown {
    return parseExactly(this.text);
  }
}

/** Parses JSON; numbers that a double cannot hold keep their source text, so that they are printed again as they came. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, exactNumber as (key: string, value: unknown) => unknown);
}

interface RawJsonSupport {
  rawJSON(text: string): unknown;
}

function exactNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined || String(value) === context.source) return value;
  return (JSON as unknown as RawJsonSupport).rawJSON(context.source);
}
