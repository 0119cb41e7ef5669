/**
 * Builds the hub, installs what it is compared with, and runs benchmarks: `npm run bench` all of them in turn,
 * `npm run bench -- reads --rounds 1` one with its own arguments, `npm run bench -- --help` tells which there are.
 */
import { spawnSync } from 'node:child_process';

const BENCHES: Readonly<Record<string, string>> = {
  dispatch: 'effects a second, beside graphile-worker',
  inbox: 'signed webhooks a second, beside bare rows',
  feed: 'from a change to its subscriber',
  reads: 'operations a second, beside other servers',
  mapping: 'rules on the rows of a pull, beside jsonata alone',
  inventory: 'a warehouse’s stock, pulled',
  files: 'a CSV file of products, and the memory that it needs',
  reconcile: 'ninety days of transactions compared (the longest)',
};

function tell(): void {
  console.log('npm run bench [-- name [its arguments]]; without a name all of them, one after the other:');
  for (const [name, about] of Object.entries(BENCHES)) console.log(`  ${name.padEnd(10)} ${about}`);
}

function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const [name, ...args] = process.argv.slice(2);
if (name !== undefined && !Object.hasOwn(BENCHES, name)) {
  tell();
  process.exit(name === '--help' ? 0 : 1);
}
run('npm', 'run', '--silent', 'build');
run('npm', 'ci', '--prefix', 'bench', '--no-audit', '--no-fund');
for (const one of name === undefined ? Object.keys(BENCHES) : [name]) run(process.execPath, `bench/${one}.ts`, ...args);
