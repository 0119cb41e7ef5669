import type { FieldMappings } from '../connectors/field-mappings.js';
import type { Direction, EntityType } from '../model/statuses.js';
import { applyRules, checkOutcomes, type Mapped, type MappingRun, type RuleOutcome } from './apply-rules.js';
import { type CompiledRules, compileRules } from './compile-rules.js';
import { parsePath } from './field-path.js';
import { inboundField, inboundFields, isInboundField } from './inbound-fields.js';
import { type MappingRule, programOf, type RuleSet } from './mapping-rules.js';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';

/** Why rules cannot be published: the path within the set, and the reason. */
export interface RuleProblem {
  path: string[];
  message: string;
}

/** An integration's published rules, as the hub uses them. */
export interface BoundMappings extends FieldMappings {
  /** Whether any rule is published; without one, what is read need not come by here. */
  maps(entityType: EntityType, direction: Direction): boolean;
  /** Many rows on their way in, in their order; a rule that fails is told in its row's outcomes. */
  inboundRows<Row extends object>(entityType: EntityType, rows: readonly Mapped<Row>[]): Promise<MappingRun<Row>[]>;
}

export interface Mappings {
  /** Everything that keeps these rules from working, whatever they are given. */
  findProblems(ruleSet: RuleSet): Promise<RuleProblem[]>;
  /** An integration's published rules, compiled once. */
  bind(ruleSets: readonly RuleSet[]): BoundMappings;
  /** Rules that are tried: none throws, and what became of each is told, in the order in which they were run. */
  trial(ruleSets: readonly RuleSet[]): { bound: BoundMappings; outcomes: RuleOutcome[] };
  stop(): Promise<void>;
}

/** Field mappings: rules that merchants maintain as data, with their expressions in a sandbox. */
export function createMappings(options: SandboxOptions = {}): Mappings {
  const sandbox = createSandbox(options);
  return {
    findProblems: (ruleSet) => findProblems(sandbox, ruleSet),
    bind: (ruleSets) => bind(sandbox, ruleSets, checkOutcomes),
    trial: (ruleSets) => {
      const outcomes: RuleOutcome[] = [];
      return { bound: bind(sandbox, ruleSets, (found) => void outcomes.push(...found)), outcomes };
    },
    stop: () => sandbox.stop(),
  };
}

/** `judge` is told of every document's outcomes, and may throw. */
function bind(
  sandbox: Sandbox,
  ruleSets: readonly RuleSet[],
  judge: (outcomes: readonly RuleOutcome[]) => void,
): BoundMappings {
  const compiled = new Map(
    ruleSets.map((ruleSet) => [keyOf(ruleSet.entityType, ruleSet.direction), compileRules(ruleSet)]),
  );
  const rulesOf = (entityType: EntityType, direction: Direction) => compiled.get(keyOf(entityType, direction));
  const through = async <Target>(
    rules: CompiledRules | undefined,
    document: unknown,
    target: Target,
    defaulted?: string[],
  ) => {
    if (!rules) return target;
    const [run] = await applyRules(sandbox, rules, [{ document, target }]);
    judge(run?.outcomes ?? []);
    defaulted?.push(...(run?.outcomes ?? []).flatMap(({ isDefault, field }) => (isDefault ? [field] : [])));
    return run?.output ?? target;
  };
  return {
    outbound: (entityType, snapshot, body) => through(rulesOf(entityType, 'OUTBOUND'), snapshot, body),
    inbound: (entityType, payload, fields, defaulted) =>
      through(rulesOf(entityType, 'INBOUND'), payload, fields, defaulted),
    inboundTargets: (entityType) => new Set(rulesOf(entityType, 'INBOUND')?.rules.map(({ field }) => field)),
    maps: (entityType, direction) => rulesOf(entityType, direction) !== undefined,
    inboundRows: async (entityType, rows) => {
      const rules = rulesOf(entityType, 'INBOUND');
      return rules ? applyRules(sandbox, rules, rows) : rows.map(({ target }) => ({ output: target, outcomes: [] }));
    },
  };
}

const keyOf = (entityType: EntityType, direction: Direction) => `${entityType} ${direction}`;

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
  if (isInboundField(entityType, inboundField(entityType, target))) return null;
  const known = fields.length > 0 ? `these are: ${fields.join(', ')}` : 'nothing of it is taken in';
  return `is no field of the hub's ${entityType.toLowerCase()} that a rule may write; ${known}`;
}
