import type { FieldMappings } from '../connectors/field-mappings.js';
import type { Direction, EntityType } from '../model/statuses.js';
import { applyRules, checkOutcomes, type MappingRun } from './apply-rules.js';
import { parsePath } from './field-path.js';
import { inboundField, inboundFields } from './inbound-fields.js';
import { type MappingRule, programOf, type RuleSet } from './mapping-rules.js';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';

/** Why rules cannot be published: the path within the set, and the reason. */
export interface RuleProblem {
  path: string[];
  message: string;
}

export interface Mappings {
  /** Everything that keeps these rules from working, whatever they are given. */
  findProblems(ruleSet: RuleSet): Promise<RuleProblem[]>;
  /** Runs them over a document and into a copy of the target; a rule that fails is told in its outcome. */
  run<Target>(ruleSet: RuleSet, document: unknown, target: Target): Promise<MappingRun<Target>>;
  /** An integration's published rules as its connector takes them. */
  bind(ruleSets: readonly RuleSet[]): FieldMappings;
  stop(): Promise<void>;
}

/** Field mappings: rules that merchants maintain as data, with their expressions in a sandbox. */
export function createMappings(options: SandboxOptions = {}): Mappings {
  const sandbox = createSandbox(options);
  const run: Mappings['run'] = (ruleSet, document, target) => applyRules(sandbox, ruleSet, document, target);
  return {
    findProblems: (ruleSet) => findProblems(sandbox, ruleSet),
    run,
    bind: (ruleSets) => {
      const through = async <Target>(kind: EntityType, direction: Direction, document: unknown, target: Target) => {
        const ruleSet = ruleSets.find((one) => one.entityType === kind && one.direction === direction);
        if (!ruleSet) return target;
        const { output, outcomes } = await run(ruleSet, document, target);
        checkOutcomes(outcomes);
        return output;
      };
      return {
        outbound: (entityType, snapshot, body) => through(entityType, 'OUTBOUND', snapshot, body),
        inbound: (entityType, payload, fields) => through(entityType, 'INBOUND', payload, fields),
      };
    },
    stop: () => sandbox.stop(),
  };
}

async function findProblems(sandbox: Sandbox, ruleSet: RuleSet): Promise<RuleProblem[]> {
  const checked = await sandbox.check(ruleSet.rules.map(programOf));
  return ruleSet.rules.flatMap((rule, index) => {
    const problems: RuleProblem[] = [];
    const add = (part: string, message: string) => problems.push({ path: ['rules', String(index), part], message });
    const { error, json = '"source"' } = checked[index] ?? {};
    if (error !== undefined) add(JSON.parse(json), error);
    const wrongTarget = findWrongTarget(ruleSet, rule);
    if (wrongTarget) add('target', wrongTarget);
    return problems;
  });
}

function findWrongTarget({ entityType, direction }: RuleSet, { target }: MappingRule): string | null {
  if (direction === 'OUTBOUND') {
    return parsePath(target) ? null : 'is no path such as "customer.name" or "items[].tax"';
  }
  const fields = inboundFields(entityType);
  if (fields.includes(inboundField(entityType, target))) return null;
  const known = fields.length > 0 ? `these are: ${fields.join(', ')}` : 'nothing of it is taken in';
  return `is no field of the hub's ${entityType.toLowerCase()} that a rule may write; ${known}`;
}
