import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TEMPLATES = 'scripts/templates/connector';
const REGISTRY = 'src/connectors/registry.ts';
const ENVIRONMENTS = 'src/config/integrations/all-integrations.ts';
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 40;
const USAGE =
  'Usage: npm run new-connector NAME, or npm run new-connector NAME -- --environment for its variables as well.';

/** Begins a connector: its folder, its contract suite and its line in the registry. */
function createConnector(name: string, withEnvironment: boolean): string[] {
  const written = readdirSync(TEMPLATES)
    .filter((file) => withEnvironment || file !== 'environment.ts')
    .map((file) => {
      const target = targetOf(file, name);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, fitImports(rename(readFileSync(join(TEMPLATES, file), 'utf8'), name), file, name));
      return target;
    });
  const lists = [addToList(REGISTRY, `./${name}/index.js`, `${camelCase(name)}Connector`)];
  if (withEnvironment) lists.push(addToList(ENVIRONMENTS, `./${name}.js`, `${camelCase(name)}Variables`));
  const sources = [...written, ...lists].filter((file) => file.endsWith('.ts'));
  execFileSync('node_modules/.bin/biome', ['check', '--write', '--log-level=error', ...sources], { stdio: 'pipe' });
  return [...written, ...lists];
}

function targetOf(file: string, name: string): string {
  if (file === 'contract.test.ts') return `test/contract/${name}.test.ts`;
  if (file === 'environment.ts') return `src/config/integrations/${name}.ts`;
  return `src/connectors/${name}/${file}`;
}

function rename(text: string, name: string): string {
  const camel = camelCase(name);
  return text
    .replaceAll('NEW_SYSTEM', name.replaceAll('-', '_').toUpperCase())
    .replaceAll('new-system', name)
    .replaceAll('New System', titleOf(name))
    .replaceAll('newSystem', camel)
    .replaceAll('NewSystem', camel.charAt(0).toUpperCase() + camel.slice(1));
}

/** The templates are compiled where they lie, and their imports lead from there. */
function fitImports(text: string, file: string, name: string): string {
  if (file === 'contract.test.ts')
    return text
      .replace("'./index.js'", `'../../src/connectors/${name}/index.js'`)
      .replaceAll("'../../../test/contract/", "'./")
      .replaceAll("'../../../test/", "'../");
  if (file === 'environment.ts')
    return text.replaceAll("'../../../src/config/integrations/", "'./").replaceAll("'../../../src/config/", "'../");
  return text.replaceAll("'../../../src/connectors/", "'../").replaceAll("'../../../src/", "'../../");
}

function addToList(file: string, module: string, item: string): string {
  const text = readFileSync(file, 'utf8');
  const listed = text.replace(/(\[\] = \[)([^\]]*)\]/, (_, start: string, items: string) => {
    const all = [...items.split(','), item].map((one) => one.trim()).filter(Boolean);
    return `${start}${all.join(', ')}]`;
  });
  writeFileSync(file, `import { ${item} } from '${module}';\n${listed}`);
  return file;
}

const camelCase = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const titleOf = (name: string) =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');

/** Null: the name can be used. */
function findProblem(name: string | undefined, more: string[]): string | null {
  if (name === undefined || more.some((word) => word !== '--environment')) return USAGE;
  if (!NAME.test(name) || name.length > LONGEST_NAME)
    return `"${name}" is no name for a connector: use small letters, digits and single hyphens, beginning with a letter, at most ${LONGEST_NAME}, for example acme-books.\n${USAGE}`;
  if (!existsSync(REGISTRY) || !existsSync(TEMPLATES))
    return `There is no ${REGISTRY} here: run it in the folder of the hub's repository.`;
  const taken = ['index.ts', 'contract.test.ts', 'environment.ts']
    .map((file) => targetOf(file, name))
    .map((target) => (target.startsWith('src/connectors/') ? dirname(target) : target))
    .find((target) => existsSync(target));
  return taken ? `The name ${name} is taken: there is ${taken} already. Choose another one.` : null;
}

const [name, ...more] = process.argv.slice(2);
const problem = findProblem(name, more);
if (problem !== null || name === undefined) {
  console.error(problem);
  process.exit(1);
}
const written = createConnector(name, more.includes('--environment'));
const unfilled = written.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/'(Fill in .*)'/g)].map(([, what]) => `  ${what}`),
);
console.log(`Written:\n${written.map((file) => `  ${file}`).join('\n')}

Its contract suite fails until this is done (docs/custom-connectors.md shows how):
${unfilled.join('\n')}

  npm test -- contract/${name}
  grep -rn "Fill in" src/connectors/${name}`);
if (more.includes('--environment')) console.log('  npm run generate   # .env.example and docs/configuration.md');
