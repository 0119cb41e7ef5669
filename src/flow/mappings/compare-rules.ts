import type { RuleOutcome } from '../../mapping/apply-rules.js';
import type { RuleSet } from '../../mapping/mapping-rules.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { findDifferences } from './find-differences.js';
import { runTrial, type Trial } from './run-trial.js';

/** One field that rules to be published make otherwise, or cannot make. */
export interface FieldDifference {
  /** Outbound: in the wire body. Inbound: among the hub's fields. */
  path: string;
  /** By the published rules; null: nothing. */
  before: unknown;
  /** By the rules that are tried; null: nothing. */
  after: unknown;
  errorCode: string | null;
  errorMessage: string | null;
}

export interface Comparison {
  /** What the rules that are tried make. */
  output: unknown;
  outcomes: RuleOutcome[];
  differences: FieldDifference[];
}

/** The published rules of the same kind and direction; null: there are none. */
export function publishedRules({ ruleSets }: OpenIntegration, wanted: RuleSet): RuleSet | null {
  const { entityType, direction } = wanted;
  return ruleSets.find((one) => one.entityType === entityType && one.direction === direction) ?? null;
}

/** What would change if the draft were published, field by field. Writes and sends nothing. */
export async function compareRules(
  services: Services,
  present: RuleSet | null,
  draft: RuleSet,
  trial: Trial,
): Promise<Comparison> {
  const before = await runTrial(services, present, trial);
  const { output, outcomes } = await runTrial(services, draft, trial);
  const failures = outcomes.filter(({ errorCode }) => errorCode !== null);
  const failed = failures.map(({ field: path, errorCode, errorMessage }) => ({
    ...{ path, before: valueAt(before.output, path), after: null, errorCode, errorMessage },
  }));
  const isFailed = (path: string) => failures.some(({ field }) => field === path);
  const changed = findDifferences(before.output, output)
    .filter(({ path }) => !isFailed(path))
    .map((difference) => ({ ...difference, errorCode: null, errorMessage: null }));
  return { output, outcomes, differences: [...changed, ...failed] };
}

/** Null: nothing, or a path to each element of a list. */
function valueAt(output: unknown, path: string): unknown {
  const names = path.replace(/\[(\d+)\]/g, '.$1').split('.');
  const found = names.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], output);
  return found ?? null;
}
