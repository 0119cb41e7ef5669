import { exactNumber } from '../connectors/exact-json.js';
import { type ErrorCode, HubError } from '../errors.js';
import type { Evaluated } from './evaluate.js';
import { parsePath, writeAt } from './field-path.js';
import { inboundField, readInbound } from './inbound-fields.js';
import { type MappingRule, programOf, type RuleSet } from './mapping-rules.js';
import type { Sandbox } from './sandbox.js';
import { ExactDecimal, isNamed, transform } from './transformations.js';

/** What became of one rule. */
export interface RuleOutcome {
  /** Its place in the set, from 0. */
  rule: number;
  source: string;
  target: string;
  /** Null: nothing was written. */
  value: unknown;
  errorCode: ErrorCode | null;
  errorMessage: string | null;
}

export interface MappingRun<Target> {
  /** A copy of the target with what could be written. */
  output: Target;
  outcomes: RuleOutcome[];
}

/** Runs every rule over the document, whatever the others come to; writes nothing but the copy that it answers. */
export async function applyRules<Target>(
  sandbox: Pick<Sandbox, 'evaluate'>,
  ruleSet: RuleSet,
  document: unknown,
  target: Target,
): Promise<MappingRun<Target>> {
  const evaluated = await sandbox.evaluate(ruleSet.rules.map(programOf), JSON.stringify(document) ?? 'null');
  let output: unknown = target;
  const outcomes = ruleSet.rules.map((rule, index): RuleOutcome => {
    const { source, target: path } = rule;
    const outcome = { rule: index, source, target: path, value: null, errorCode: null, errorMessage: null };
    try {
      const value = readValue(ruleSet, rule, evaluated[index] ?? {});
      if (value === undefined) return outcome;
      output = writeAt(output, stepsOf(ruleSet, rule), value);
      return { ...outcome, value };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const errorCode = evaluated[index]?.timedOut ? ('MAPPING_TIMEOUT' as const) : ('MAPPING_FAILED' as const);
      return { ...outcome, errorCode, errorMessage: `Rule ${index + 1} (${source} → ${path}): ${reason}.` };
    }
  });
  return { output: output as Target, outcomes };
}

/** @throws HubError MAPPING_FAILED or MAPPING_TIMEOUT for the first rule that failed, with its path */
export function checkOutcomes(outcomes: readonly RuleOutcome[]): void {
  const failed = outcomes.find(({ errorCode }) => errorCode !== null);
  if (!failed?.errorCode) return;
  const path = ['rules', String(failed.rule), failed.target];
  throw new HubError(failed.errorCode, failed.errorMessage ?? 'A mapping failed.', { path });
}

/** Undefined: there is none, and none is needed. */
function readValue(ruleSet: RuleSet, rule: MappingRule, { json, error }: Evaluated): unknown {
  if (error !== undefined) throw new Error(error);
  const found = json === undefined ? null : named(rule, JSON.parse(json));
  const value = isAbsent(found) ? rule.defaultValue : found;
  if (value === null) {
    if (rule.required) throw new Error('the source has no value, and one is required');
    return undefined;
  }
  return ruleSet.direction === 'INBOUND' ? inbound(ruleSet, rule, value) : outbound(value);
}

function named({ transformation }: MappingRule, value: unknown): unknown {
  if (!isNamed(transformation) || isAbsent(value)) return value;
  return transform(transformation, value);
}

const isAbsent = (value: unknown) => value === null || value === undefined || value === '';

function outbound(value: unknown): unknown {
  return value instanceof ExactDecimal ? exactNumber(value.text) : value;
}

function inbound({ entityType }: RuleSet, { target }: MappingRule, value: unknown): unknown {
  const exact = value instanceof ExactDecimal ? value.text : value;
  return readInbound(entityType, inboundField(entityType, target), exact);
}

function stepsOf({ direction, entityType }: RuleSet, { target }: MappingRule) {
  const steps = parsePath(direction === 'INBOUND' ? inboundField(entityType, target) : target);
  if (!steps) throw new Error('the target is no path such as "customer.name" or "items[].tax"');
  return steps;
}
