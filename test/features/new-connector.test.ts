import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

const COPIED = [
  ...['src', 'test/contract', 'test/connectors/sample-snapshots.ts', 'scripts'],
  ...['tsconfig.json', 'tsconfig.connector.json'],
];
const CONFIGURATION = ['package.json', 'biome.json', '.gitignore'];
const LISTS = ['src/connectors/registry.ts', 'src/config/integrations/all-integrations.ts'];
const GUIDE = 'docs/custom-connectors.md';
/** Code of the guide whose first line names its file. */
const BLOCK = /```[jt]s\n\/\/ (\S+\/\S+)\n([\s\S]*?)```/g;
const LONGEST_RUN_MS = 60_000;

let root: string;
let copy: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'syncline-new-connector-'));
  copy = join(root, 'hub');
  for (const path of [...COPIED, ...CONFIGURATION]) cpSync(path, join(copy, path), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  const tsconfig = {
    extends: './tsconfig.json',
    include: [...LISTS, 'src/connectors/simulator', 'src/connectors/velo-desk', 'test/contract/velo-*.test.ts'],
  };
  writeFileSync(join(copy, 'tsconfig.velo-desk.json'), JSON.stringify(tsconfig));
  writePackage();
});
afterAll(() => rmSync(root, { recursive: true }));

interface Ended {
  code: number;
  output: string;
}

function run(program: string, ...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    const child = execFile(program, args, { cwd: copy, timeout: LONGEST_RUN_MS }, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

const generate = (...args: string[]) => run(process.execPath, 'scripts/new-connector.ts', ...args);
const compile = () => run(process.execPath, 'node_modules/typescript-7/bin/tsc', '-p', 'tsconfig.velo-desk.json');
const lint = (...args: string[]) =>
  run('node_modules/.bin/biome', 'check', '--error-on-warnings', ...args, 'src', 'test');

/** The contract suite as `npm test` runs it, without the database that it does not need. */
function runSuite(): Promise<Ended> {
  const config = { rootDir: 'dist', testMatch: ['<rootDir>/test/contract/velo-*.test.js'], transform: {} };
  const flags = ['--experimental-vm-modules', '--no-warnings'];
  return run(process.execPath, ...flags, 'node_modules/jest/bin/jest.js', '--config', JSON.stringify(config));
}

/** As an editor does, by the types of the hub's one entry point for them. */
async function checkPackage(): Promise<Ended> {
  const types = await run(process.execPath, 'node_modules/typescript-7/bin/tsc', '-p', 'tsconfig.connector.json');
  if (types.code !== 0) return types;
  const options = ['--ignoreConfig', '--noEmit', '--allowJs', '--checkJs', '--strict', '--noImplicitAny', 'false'];
  const resolution = ['--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
  return run(process.execPath, 'node_modules/typescript-7/bin/tsc', ...options, ...resolution, '../velo-box/index.js');
}

/** The files that the guide shows below a folder, with their code. */
function readGuide(folder: string): [file: string, code: string][] {
  const blocks = [...readFileSync(GUIDE, 'utf8').matchAll(BLOCK)];
  return blocks
    .map(([, file = '', code = '']): [string, string] => [file, code])
    .filter(([file]) => file.startsWith(folder));
}

/** The package of the guide beside the hub. */
function writePackage(): void {
  mkdirSync(join(root, 'velo-box/node_modules'), { recursive: true });
  symlinkSync(copy, join(root, 'velo-box/node_modules/syncline'));
  writeFileSync(join(root, 'velo-box/package.json'), '{ "type": "module", "exports": "./index.js" }');
  for (const [file, code] of readGuide('velo-box/')) writeFileSync(join(root, file), code);
}

function writePackageTest(): void {
  for (const [file, code] of readGuide('test/contract/')) writeFileSync(join(copy, file), code);
}

/** As a reader of the guide does: each declaration in the place of the one of its name, new ones below the imports. */
function fillIn(file: string, block: string): void {
  const path = join(copy, file);
  let text = readFileSync(path, 'utf8');
  for (const part of block.trim().split(/\n\n(?=\S)/)) {
    const name = /^(?:export )?(?:const|function) (\w+)/.exec(part)?.[1];
    const known = new RegExp(`^(?:export )?(?:const|function) ${name}\\b[\\s\\S]*?(?=\\n\\n|\\n$)`, 'm');
    if (name === undefined) text = `${part}\n${text}`;
    else if (known.test(text)) text = text.replace(known, () => part);
    else text = text.replace(/\n\n/, () => `\n\n${part}\n\n`);
  }
  writeFileSync(path, text);
}

it('G9 begins a connector whose suite says what to fill in, and passes once it is filled in by the guide, as does its package', async () => {
  const begun = await generate('velo-desk', '--environment');
  const [form, compiled] = await Promise.all([lint(), compile()]);
  const empty = await runSuite();

  expect(begun).toMatchObject({ code: 0, output: expect.stringMatching(/Fill in orderToVeloDesk in .*mapping\.ts: /) });
  expect(readFileSync(join(copy, 'src/connectors/registry.ts'), 'utf8')).toContain('  veloDeskConnector,\n');
  expect(form).toMatchObject({ code: 0 });
  expect(compiled).toEqual({ code: 0, output: '' });
  expect(empty).toMatchObject({ code: 1, output: expect.stringMatching(/Tests: +\d\d failed, 1 passed/) });
  expect(empty.output).toContain('Fill in accessHeaders in src/connectors/velo-desk/client.ts: ');
  expect(empty.output).toContain('Fill in orderToVeloDesk in src/connectors/velo-desk/mapping.ts: ');

  const blocks = readGuide('src/connectors/velo-desk/');
  for (const [index, [file, block]] of blocks.entries()) {
    fillIn(file, block);
    if (index > 0) continue;
    await compile();
    const next = await runSuite();
    expect(next.output).toContain('It said: Fill in mayCall in src/connectors/velo-desk/simulator.ts: ');
  }
  writePackageTest();
  const mended = await lint('--write');
  const recompiled = await compile();
  const filled = await runSuite();

  expect(mended).toMatchObject({ code: 0 });
  expect(recompiled).toEqual({ code: 0, output: '' });
  expect(filled).toMatchObject({
    code: 0,
    output: expect.stringMatching(/Test Suites: 2 passed, 2 total\nTests: +1\d\d passed/),
  });
  expect(filled.output).not.toContain('failed');
});

it('G9 types a package outside by one entry point of the hub', async () => {
  const path = join(root, 'velo-box/index.js');
  const right = readFileSync(path, 'utf8');

  const checked = await checkPackage();
  writeFileSync(path, right.replace('exactNumber(unitPrice)', 'exactNumber(quantity)'));
  const wrong = await checkPackage();
  writeFileSync(path, right);

  expect(checked).toEqual({ code: 0, output: '' });
  expect(wrong.output).toContain("'number' is not assignable to parameter of type 'string'");
});

it.each([
  ['a name that is not kebab-case', ['Velo_Desk'], /"Velo_Desk" is no name for a connector: use small letters/],
  ['a name that leads elsewhere', ['../velo'], /"\.\.\/velo" is no name for a connector/],
  [
    'a name that is taken',
    ['b2b-portal'],
    /The name b2b-portal is taken: there is src\/connectors\/b2b-portal already/,
  ],
  ['no name', [], /Usage: npm run new-connector NAME/],
  ['an unknown option', ['velo-box', '--outside'], /Usage: npm run new-connector NAME/],
])('G9 refuses %s, says why, and writes nothing', async (_what, args, reason) => {
  const before = readFileSync(join(copy, 'src/connectors/registry.ts'), 'utf8');

  const { code, output } = await generate(...args);

  expect(code).toBe(1);
  expect(output).toMatch(reason);
  expect(readFileSync(join(copy, 'src/connectors/registry.ts'), 'utf8')).toBe(before);
  expect(existsSync(join(copy, 'src/connectors/velo-box'))).toBe(false);
});
