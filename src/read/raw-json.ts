import { sourceTextJson } from '../model/source-text-json.js';

/** The answer of a whole query as PostgreSQL wrote it. Whoever looks inside pays for the parsing. */
export class RawJson {
  constructor(readonly text: string) {}

  toJSON(): unknown {
    return parseExactly(this.text);
  }
}

/** Parses JSON; numbers that a double cannot hold keep their source text, so that they are printed again as they came. */
export function parseExactly(text: string): unknown {
  return sourceTextJson.parse(text, (_key, value, { source }) =>
    typeof value !== 'number' || source === undefined || String(value) === source
      ? value
      : sourceTextJson.rawJSON(source),
  );
}
