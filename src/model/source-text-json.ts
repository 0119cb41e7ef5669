/** The part of ECMAScript's JSON that TypeScript's library does not describe yet: numbers as they are written. */
interface SourceTextJson {
  /** `context.source` is the text of a number, a string, a boolean or null. @throws SyntaxError */
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  /** What `JSON.stringify` prints as exactly this text. @throws SyntaxError */
  rawJSON(text: string): unknown;
}

export const sourceTextJson = JSON as unknown as SourceTextJson;
