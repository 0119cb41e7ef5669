import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const FOLDERS = ['src', 'schema', 'jobs', 'demo', 'test'];

/** Holds the directions of docs/architecture.md. With a TypeScript that it does not know, the cruiser reads nothing and is content. */
const options: ICruiseOptions = await extractOptions(resolve('.dependency-cruiser.json'));
const { output } = await cruise(FOLDERS, { ...options, outputType: 'json' }, undefined, {
  tsConfig: extractTsConfig('tsconfig.json'),
});
const { modules, summary } = JSON.parse(output as string) as ICruiseResult;

const read = modules.filter(({ source }) => FOLDERS.some((folder) => source.startsWith(`${folder}/`)));
const files = FOLDERS.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' })).filter((file) =>
  file.endsWith('.ts'),
);
const broken = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
if (read.length < files.length) broken.push(`Only ${read.length} of ${files.length} files were read.`);
if (!read.some(({ dependencies }) => dependencies.length > 0)) broken.push('No import was read.');

if (broken.length > 0) {
  console.error(broken.join('\n'));
  process.exit(1);
}
console.log(
  `Dependency directions: ${read.length} files, ${summary.totalDependenciesCruised} imports, all as they should be.`,
);
