import { type Problem, problemWith } from '../problems.js';
import { type Environment, readVariables, textOf } from '../read-variables.js';
import type { Variable } from '../variables.js';
import { allIntegrations } from './all-integrations.js';
import type { IntegrationVariables } from './define-integration.js';

/** An integration that the environment configures: created at start and kept in step with it. */
export interface ConfiguredIntegration {
  id: string;
  connector: string;
  merchantId: string;
  /** Undefined: as it is; a new one is on. */
  enabled: boolean | undefined;
  /** Checked by the connector's own schema before they are sealed. */
  credentials: Record<string, unknown>;
  settings: Record<string, unknown>;
}

/** The integrations of which the environment sets a variable; what is wrong with them is reported to `problems`. */
export function readConfiguredIntegrations(
  env: Environment,
  production: boolean,
  problems: Problem[],
): ConfiguredIntegration[] {
  return allIntegrations.flatMap((one) => readIntegration(env, one, production, problems) ?? []);
}

/** The connectors that the environment switches off, whether or not it configures an integration with them. */
export function readSwitchedOff(env: Environment): string[] {
  return allIntegrations
    .filter(
      ({ prefix, variables }) => variables['ENABLED']?.schema.safeParse(textOf(env, `${prefix}ENABLED`)).data === false,
    )
    .map(({ connector }) => connector);
}

/** Every variable of every integration, by its whole name. */
export function integrationVariables(): [name: string, Variable][] {
  return allIntegrations.flatMap(({ prefix, variables }) =>
    Object.entries(variables).map(([name, variable]): [string, Variable] => [prefix + name, variable]),
  );
}

function readIntegration(
  env: Environment,
  integration: IntegrationVariables,
  production: boolean,
  problems: Problem[],
): ConfiguredIntegration | null {
  const { connector, prefix, variables, required, configure } = integration;
  const set = Object.keys(variables).filter((name) => textOf(env, prefix + name));
  if (set.length === 0) return null;
  const before = problems.length;
  const values: Record<string, unknown> = readVariables(env, variables, problems, prefix);
  if (values['ENABLED'] === false && !required.every((name) => set.includes(name))) return null;
  for (const name of required) {
    if (!set.includes(name)) problems.push(missingBeside(integration, name, set));
  }
  const { BASE_URL: baseUrl } = values;
  if (production && variables['BASE_URL'] && typeof baseUrl === 'string' && /^http:/i.test(baseUrl))
    problems.push(problemWith(`${prefix}BASE_URL`, variables['BASE_URL'], baseUrl));
  if (problems.length > before) return null;
  const enabled = values['ENABLED'] as boolean | undefined;
  return { id: connector, connector, merchantId: merchantOf(env, values), enabled, ...configure(values) };
}

function merchantOf(env: Environment, values: Record<string, unknown>): string {
  const given = values['MERCHANT_ID'];
  if (typeof given === 'string' && given !== 'default') return given;
  return textOf(env, 'B2B_PORTAL_MERCHANT_ID') ?? 'default';
}

function missingBeside({ prefix, variables }: IntegrationVariables, name: string, set: string[]): Problem {
  const problem = problemWith(prefix + name, variables[name] as Variable, undefined);
  const others = set.map((other) => prefix + other).join(', ');
  return { ...problem, found: `not set, while ${others} is set`, mend: `${problem.mend}; or unset ${others}` };
}
