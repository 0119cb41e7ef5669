import { FOREIGN } from '../src/config/foreign.js';
import { allIntegrations } from '../src/config/integrations/all-integrations.js';
import { NOTIFICATIONS } from '../src/config/notifications.js';
import { VARIABLES, type Variable } from '../src/config/variables.js';

interface Section {
  title: string;
  about: string;
  variables: [string, Variable][];
}

const SECTIONS: Section[] = [
  {
    title: 'The hub',
    about: 'All are optional outside production.',
    variables: Object.entries<Variable>(VARIABLES),
  },
  {
    title: 'Notifications',
    about:
      'Channels by which people are told of alerts and of what happens to orders. All are off by default; what no channel takes is kept and shown by the query `notifications`.',
    variables: Object.entries<Variable>(NOTIFICATIONS),
  },
  ...allIntegrations.map(({ title, connector, prefix, required, variables }) => ({
    title,
    about: `Setting any of them configures the integration \`${connector}\` at start, and keeps it in step. Required then: ${required.map((name) => `\`${prefix}${name}\``).join(', ')}.`,
    variables: Object.entries<Variable>(variables).map(([name, variable]): [string, Variable] => [
      prefix + name,
      variable,
    ]),
  })),
];

/** `docs/configuration.md`. */
export function describeConfiguration(): string {
  const sections = SECTIONS.map(({ title, about, variables }) => {
    const rows = variables.map(
      ([name, { default: value, expected, about: text, secret }]) =>
        `| \`${name}\` | ${value ? `\`${value}\`` : '–'} | ${text} | ${expected}${secret ? ' (secret)' : ''} |`,
    );
    return `## ${title}\n\n${about}\n\n| variable | default | what it does | expected |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `<!-- Written by \`npm run generate\` from src/config. Do not edit. -->

# Configuration

Syncline is configured by environment variables. A blank variable counts as not set. The start checks them all, and lists
everything that is wrong at once with what was found, what is expected, and how to mend it; secrets are never printed.

${sections.join('\n')}
${describeForeign()}`;
}

function describeForeign(): string {
  const rows = FOREIGN.map(
    ({ names, ours, about }) =>
      `| ${names.map((name) => `\`${name}\``).join(', ')} | ${ours ? `\`${ours}\`` : 'nothing'} | ${about} |`,
  );
  return `## Coming from other systems

These are not read; one that is set is named in a warning at start.

| there | here | |
|---|---|---|
${rows.join('\n')}
`;
}

/** `.env.example`. */
export function describeEnvironment(): string {
  const sections = SECTIONS.map(({ title, about, variables }) => {
    const entries = variables.map(([name, { about: text, expected, example, default: value }]) => {
      const made = example.startsWith('`') ? ` Make one with: ${example.slice(1, -1)}` : '';
      return `# ${plain(text)}\n# Expected: ${expected}.${made}\n# ${name}=${value ?? (made ? '' : example)}\n`;
    });
    return `# ---- ${title} ----\n# ${plain(about)}\n\n${entries.join('\n')}`;
  });
  return `# Written by \`npm run generate\` from src/config. Copy it to .env, which npm start and docker compose read, and take\n# the # from what you need.\n\n${sections.join('\n')}\n${COMPOSE_ALONE}`;
}

/** What docker-compose.yml reads and no hub does. */
const COMPOSE_ALONE = `# ---- docker compose ----
# Read by docker-compose.yml alone, beside JWT_SECRET and ENCRYPTION_KEY.

# The password of the PostgreSQL that it starts. It stands in a URL: letters and digits.
# Expected: any text, for as long as the volume lives. Make one with: openssl rand -hex 32
# POSTGRES_PASSWORD=
`;

const plain = (text: string) => text.replaceAll('`', '');
