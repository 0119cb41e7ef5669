import { LRUCache } from 'lru-cache';
import { registerDecimalFunctions } from './decimal-functions.js';
import { linearRegexEngine } from './linear-regex.js';
import type { Program } from './mapping-rules.js';
import { type SynchronousExpression, synchronousJsonata } from './synchronous-jsonata.js';

/** What a program came to: a value's JSON (left out: no value), or why there is none. */
export interface Evaluated {
  json?: string;
  error?: string;
  timedOut?: boolean;
}

export interface Limits {
  /** Of one expression. */
  timeoutMs: number;
}

const MOST_DEPTH = 500;
const MOST_ITEMS = 100_000;
const MOST_RESULT_CHARACTERS = 1_000_000;
const KEPT_EXPRESSIONS = 2_000;
/** JSONata's codes of its own time limit. */
const TIMED_OUT = 'D1012';

const compiled = new LRUCache<string, SynchronousExpression>({ max: KEPT_EXPRESSIONS });

/** @throws what JSONata throws: an object with a code, a position and a message */
export function compile(text: string, { timeoutMs }: Limits): SynchronousExpression {
  const known = compiled.get(text);
  if (known) return known;
  const options = { RegexEngine: linearRegexEngine, timeout: timeoutMs, stack: MOST_DEPTH, sequence: MOST_ITEMS };
  const expression = synchronousJsonata(text, options);
  registerDecimalFunctions(expression);
  compiled.set(text, expression);
  return expression;
}

/** Never throws: foreign code may fail in any way. */
export function evaluateProgram(program: Program, document: unknown, limits: Limits): Evaluated {
  try {
    const value = compile(program.source, limits).evaluate(document);
    if (program.transformation === null || value === undefined || value === null) return toEvaluated(value);
    return toEvaluated(compile(program.transformation, limits).evaluate(value, { document }));
  } catch (thrown) {
    return failed(thrown);
  }
}

export function failed(thrown: unknown): Evaluated {
  const { code, position } = thrown as { code?: string; position?: number };
  const message = (thrown as { message?: string } | null)?.message ?? String(thrown);
  const at = position === undefined ? '' : ` (at character ${position})`;
  return { error: `${message}${at}`, ...(code === TIMED_OUT && { timedOut: true }) };
}

/** As JSON, so that neither functions nor JSONata's own marks on lists leave the sandbox. */
function toEvaluated(value: unknown): Evaluated {
  const json = typeof value === 'function' ? undefined : JSON.stringify(value);
  if (json === undefined || json === 'null') return {};
  if (json.length > MOST_RESULT_CHARACTERS) return { error: 'the value is larger than 1 MB' };
  return { json };
}
