import type { Variable } from './variables.js';

/** One thing that is wrong with the configuration, told so that it can be mended without reading the code. */
export interface Problem {
  variable: string;
  found: string;
  expected: string;
  mend: string;
}

/** Everything that is wrong with the configuration at once. The message is meant for a terminal and holds no secret. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  /** @param misspelt what seems to be a slip in a variable's name: often the reason why another one is missing */
  constructor(problems: readonly Problem[], misspelt: readonly string[] = []) {
    super([describe(problems), ...misspelt.map((line) => `  ${line}`)].join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function describe(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const entries = problems.map(
    ({ variable, found, expected, mend }) =>
      `  ${variable}\n    found:    ${found}\n    expected: ${expected}\n    to mend:  ${mend}\n`,
  );
  return `Syncline cannot start: ${count} in its configuration.\n\n${entries.join('\n')}`;
}

/** A problem with the text of a variable. */
export function problemWith(name: string, variable: Variable, text: string | undefined): Problem {
  return {
    variable: name,
    found: describeFound(variable, text),
    expected: variable.expected,
    mend: mendingOf(name, variable),
  };
}

function describeFound(variable: Variable, text: string | undefined): string {
  if (text === undefined) return 'not set';
  return variable.secret ? `set, ${text.length} characters (not shown)` : JSON.stringify(withoutSecrets(text));
}

/** What is refused may be no URL, so it is not taken apart as one: a password may hold `/` and `@`, a query a key. */
function withoutSecrets(text: string): string {
  return text.includes('://') ? text.replace(/\/\/.*@/, '//***@').replace(/[?#].*/, '?***') : text;
}

function mendingOf(name: string, { example }: Variable): string {
  return example.startsWith('`')
    ? `set ${name} to the output of ${example.slice(1, -1)}`
    : `for example ${name}=${example}`;
}
