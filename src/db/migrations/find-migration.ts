import { migrations } from './index.js';

/** The names under which the B2B portal's document runs what it needs: links with external ids, and received webhooks. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  AddB2BReferenceIds: '0001-entities',
  CreateWebhookEventsTable: '0003-inbox',
};

/**
 * The full name of a migration that is named in full, by its number or by the rest: `0003-inbox`, `0003`, `inbox`.
 * @throws Error that lists the names, when there is none or several
 */
export function findMigration(name: string): string {
  const wanted = OTHER_NAMES[name] ?? name;
  const found = migrations.map((one) => one.name).filter((full) => isNamed(full, wanted));
  const [only, another] = found;
  if (only && !another) return only;
  const known = (another ? found : migrations.map((one) => one.name)).join(', ');
  throw new Error(`There is ${another ? 'more than one' : 'no'} migration "${name}": name one of ${known}.`);
}

const isNamed = (full: string, name: string) => full === name || full.startsWith(`${name}-`) || full.slice(5) === name;
