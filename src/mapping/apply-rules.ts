import { exactNumber } from '../connectors/text/exact-json.js';
import { type ErrorCode, HubError } from '../errors.js';
import type { CompiledRule, CompiledRules } from './compile-rules.js';
import { evaluateRules, type Found } from './evaluate-rules.js';
import { type Step, writeAt } from './field-path.js';
import { readInbound } from './inbound-fields.js';
import { nameOfMapping, type RuleSet } from './mapping-rules.js';
import type { Sandbox } from './sandbox.js';
import { ExactDecimal, isNamed, transform } from './transformations.js';

/** What became of one rule. */
export interface RuleOutcome {
  /** Its place in the set, from 0. */
  rule: number;
  source: string;
  target: string;
  /** The hub's field of an inbound rule; the path in the wire body of an outbound one. */
  field: string;
  /** What the source has; null: nothing. */
  found: unknown;
  /** Null: nothing was written. */
  value: unknown;
  /** The value is the rule's default, since the source has none. */
  isDefault: boolean;
  errorCode: ErrorCode | null;
  errorMessage: string | null;
}

export interface MappingRun<Target> {
  /** A copy of the target with what could be written. */
  output: Target;
  outcomes: RuleOutcome[];
}

/** One document, and what the rules write into. */
export interface Mapped<Target> {
  document: unknown;
  target: Target;
}

const LONGEST_SHOWN = 100;

/** Runs every rule over every document, whatever the others come to; writes nothing but the copies that it answers. */
export async function applyRules<Target>(
  sandbox: Pick<Sandbox, 'evaluate'>,
  compiled: CompiledRules,
  items: readonly Mapped<Target>[],
): Promise<MappingRun<Target>[]> {
  const documents = items.map(({ document }) => document);
  const found = await evaluateRules(sandbox, compiled.rules, documents);
  return items.map(({ target }, index) => writeAll(compiled, found[index] ?? [], target));
}

/** @throws HubError MAPPING_FAILED or MAPPING_TIMEOUT for the first rule that failed, with its path */
export function checkOutcomes(outcomes: readonly RuleOutcome[]): void {
  const failed = outcomes.find(({ errorCode }) => errorCode !== null);
  if (!failed?.errorCode) return;
  const path = ['rules', String(failed.rule), failed.target];
  throw new HubError(failed.errorCode, failed.errorMessage ?? 'A mapping failed.', { path });
}

function writeAll<Target>(
  { ruleSet, rules }: CompiledRules,
  found: readonly Found[],
  target: Target,
): MappingRun<Target> {
  let output: unknown = target;
  const outcomes = rules.map((compiled, index): RuleOutcome => {
    const { rule, field } = compiled;
    const at = found[index] ?? {};
    const outcome = {
      rule: index,
      source: rule.source,
      target: rule.target,
      field,
      found: at.value ?? null,
      isDefault: false,
    };
    try {
      const { value, isDefault } = readValue(ruleSet, compiled, at);
      if (value === undefined) return { ...outcome, value: null, errorCode: null, errorMessage: null };
      output = writeAt(output, stepsOf(compiled), value);
      return { ...outcome, value, isDefault, errorCode: null, errorMessage: null };
    } catch (error) {
      return { ...outcome, value: null, ...failureOf(ruleSet, compiled, index, at, error) };
    }
  });
  return { output: output as Target, outcomes };
}

function failureOf(ruleSet: RuleSet, { rule }: CompiledRule, index: number, found: Found, error: unknown) {
  const reason = error instanceof Error ? error.message : String(error);
  const shown = found.value == null ? '' : `; found ${JSON.stringify(found.value).slice(0, LONGEST_SHOWN)}`;
  const where = `Rule ${index + 1} (${rule.source} → ${rule.target})`;
  const errorCode = found.timedOut ? ('MAPPING_TIMEOUT' as const) : ('MAPPING_FAILED' as const);
  return { errorCode, errorMessage: `${where} of the ${nameOfMapping(ruleSet)}: ${reason}${shown}.` };
}

interface Read {
  /** Undefined: there is none, and none is needed. */
  value: unknown;
  isDefault: boolean;
}

function readValue({ direction, entityType }: RuleSet, { rule, field }: CompiledRule, found: Found): Read {
  if (found.error !== undefined) throw new Error(found.error);
  const { transformation, defaultValue } = rule;
  const isTransformed = isNamed(transformation) && !isAbsent(found.value);
  const own = isTransformed ? transform(transformation, found.value) : found.value;
  const isDefault = isAbsent(own);
  const value = isDefault ? defaultValue : own;
  if (value === null) {
    if (rule.required) throw new Error('the source has no value, and one is required');
    return { value: undefined, isDefault };
  }
  if (direction === 'OUTBOUND')
    return { value: value instanceof ExactDecimal ? exactNumber(value.text) : value, isDefault };
  return { value: readInbound(entityType, field, value instanceof ExactDecimal ? value.text : value), isDefault };
}

const isAbsent = (value: unknown) => value === null || value === undefined || value === '';

function stepsOf({ steps }: CompiledRule): Step[] {
  if (!steps) throw new Error('the target is no path such as "customer.name" or "items[].tax"');
  return steps;
}
