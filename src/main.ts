import { issueToken } from './access/token.js';
import { startHub } from './app.js';
import { type Config, loadConfig, summariseConfig } from './config/config.js';
import { ConfigError } from './config/problems.js';
import { tokenConfigOf } from './config/token-config.js';
import { migrateAlone } from './db/open-migrated.js';
import { beginEpochAtStart } from './feed/rebase-feed.js';
import { createLogger } from './log.js';

const ADMIN_TOKEN_SECONDS = 12 * 3600;

/** Outside production whoever started the hub on this machine may do everything; the log never holds the token. */
async function printAdminToken(config: Config, url: string): Promise<void> {
  const claims = { sub: 'local-admin', role: 'admin' } as const;
  const token = await issueToken(tokenConfigOf(config), claims, ADMIN_TOKEN_SECONDS);
  process.stdout.write(`\n  Open ${url}\n  Admin token for 12 hours:\n  ${token}\n\n`);
}

function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(error.message);
    process.exit(1);
  }
}

/**
 * `migrate`: brings the database up to date, or up to the migration that is named, and ends without starting a hub.
 * `restored`: the same for one that was put back from a backup, whose later changes are lost.
 */
const COMMANDS = ['migrate', 'restored'];
const [, , command, migration] = process.argv;
if (command !== undefined && !COMMANDS.includes(command)) {
  process.stderr.write(
    `There is no command "${command}", but ${COMMANDS.join(' and ')}; without one the hub starts.\n`,
  );
  process.exit(1);
}

const config = readConfig();
// Before anything is told: whoever reads the first line may send a signal. Migrations end with their transaction.
if (!command) for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
// A collector of logs that restarts, a pipe whose reader has ended, a full disk: they cost lines, never the hub.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
const readable = config.logFormat ? config.logFormat === 'pretty' : process.stdout.isTTY === true;
const log = createLogger({ level: config.logLevel, readable });
for (const warning of config.warnings) log.warn({ warning }, 'configuration');
log.info(summariseConfig(config), 'starting');
if (command) await migrateAndExit();

const starting = startHub(config, log);
let stopping = false;

async function migrateAndExit(): Promise<never> {
  try {
    if (command === 'restored') await migrateAlone(config, log, undefined, beginEpochAtStart);
    else await migrateAlone(config, log, migration);
    log.info(migration === undefined ? 'the database is up to date' : 'the migration is applied');
    process.exit(0);
  } catch (err) {
    log.fatal({ err }, 'not migrated');
    process.exit(1);
  }
}

/** Also before the start is over, which is then waited for. npm passes on a Ctrl-C that the terminal has sent here, too. */
async function stop(signal: NodeJS.Signals): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ signal }, 'stopping');
  try {
    await (await starting).stop();
    process.exit(0);
  } catch (err) {
    log.error({ err }, 'stopped with an error');
    process.exit(1);
  }
}

try {
  const hub = await starting;
  // A worker has nothing that a token opens.
  if (!config.production && config.role !== 'worker') await printAdminToken(config, hub.url);
  log.info({ url: hub.url }, 'ready');
} catch (err) {
  log.fatal({ err }, 'not started');
  process.exit(1);
}
