import { parsePath, type Step } from './field-path.js';
import { inboundField } from './inbound-fields.js';
import { type MappingRule, type Program, programOf, type RuleSet } from './mapping-rules.js';
import { type PlainReader, plainReader } from './plain-path.js';
import { isNamed } from './transformations.js';

/** A rule with everything worked out that does not depend on what is mapped. */
export interface CompiledRule {
  rule: MappingRule;
  /** Of an inbound rule: the hub's field. */
  field: string;
  /** Null: the target is no path. */
  steps: Step[] | null;
  /** Reads plain sources without the sandbox; null: the sandbox must. */
  read: PlainReader | null;
  program: Program;
}

export interface CompiledRules {
  ruleSet: RuleSet;
  rules: CompiledRule[];
}

/** To be called once for a published set, and not for each document. */
export function compileRules(ruleSet: RuleSet): CompiledRules {
  const { direction, entityType } = ruleSet;
  const rules = ruleSet.rules.map((rule) => {
    const field = direction === 'INBOUND' ? inboundField(entityType, rule.target) : rule.target;
    const isPlain = rule.transformation === null || isNamed(rule.transformation);
    return {
      ...{ rule, field, steps: parsePath(field), program: programOf(rule) },
      read: isPlain ? plainReader(rule.source) : null,
    };
  });
  return { ruleSet, rules };
}
