import type { CompiledRule } from './compile-rules.js';
import type { Evaluated } from './evaluate-program.js';
import { UNCLEAR } from './plain-path.js';
import type { Sandbox } from './sandbox.js';

/** What a rule's source came to. */
export interface Found extends Omit<Evaluated, 'json'> {
  /** Undefined: there is none. */
  value?: unknown;
}

/** What every rule finds in every document: plain sources here, all others in the sandbox, many documents at once. */
export async function evaluateRules(
  sandbox: Pick<Sandbox, 'evaluate'>,
  rules: readonly CompiledRule[],
  documents: readonly unknown[],
): Promise<Found[][]> {
  const found = documents.map((document) => rules.map(({ read }) => readPlainly(read, document)));
  const unclear = documents.flatMap((_, index) => (found[index]?.includes(null) ? [index] : []));
  if (unclear.length === 0) return found as Found[][];
  // Of a document that must go there all rules go, so that a batch has one list of programs.
  const needed = rules.flatMap((_, index) => (unclear.some((one) => found[one]?.[index] === null) ? [index] : []));
  const programs = needed.map((index) => (rules[index] as CompiledRule).program);
  const texts = unclear.map((index) => JSON.stringify(documents[index]) ?? 'null');
  const evaluated = await sandbox.evaluate(programs, texts);
  for (const [place, index] of unclear.entries()) {
    for (const [position, rule] of needed.entries()) {
      const row = found[index] as (Found | null)[];
      row[rule] = row[rule] ?? toFound(evaluated[place]?.[position]);
    }
  }
  return found as Found[][];
}

/** Null: it cannot be said here. */
function readPlainly(read: CompiledRule['read'], document: unknown): Found | null {
  const value = read ? read(document) : UNCLEAR;
  if (value === UNCLEAR || (typeof value === 'object' && value !== null)) return null;
  return { value };
}

function toFound({ json, ...failure }: Evaluated = {}): Found {
  return { ...failure, value: json === undefined ? undefined : JSON.parse(json) };
}
