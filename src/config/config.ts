import { join, resolve } from 'node:path';
import { warnOfForeign } from './foreign.js';
import { allIntegrations } from './integrations/all-integrations.js';
import {
  type ConfiguredIntegration,
  integrationVariables,
  readConfiguredIntegrations,
  readSwitchedOff,
} from './integrations/read-configured-integrations.js';
import { keepSecret } from './kept-secrets.js';
import { warnOfMisspelt } from './misspelt.js';
import { NOTIFICATIONS, type NotificationConfig, notificationConfigOf } from './notifications.js';
import { ConfigError, type Problem, problemWith } from './problems.js';
import { type Environment, readVariables } from './read-variables.js';
import { dataFolderProblem, requireDataFolder } from './require-data-folder.js';
import { isStrong, VARIABLES, type ValuesOf } from './variables.js';

/** The whole configuration, checked. */
export interface Config {
  production: boolean;
  host: string;
  port: number;
  role: 'all' | 'api' | 'worker';
  logLevel: string;
  /** Null: as fits where the log goes to. */
  logFormat: 'json' | 'pretty' | null;
  /** Addresses and networks of proxies whose word on who calls, and how, is believed. */
  trustedProxies: readonly string[];
  /** Absolute. */
  dataDir: string;
  /** Absolute: the folder of all merchants' files. */
  filesRoot: string;
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  /** Null: jobs are kept in the same PostgreSQL. */
  jobsUrl: string | null;
  /** Addresses of modules that are told of each delivery. */
  hookModules: string[];
  simulators: boolean;
  jwtSecret: string;
  jwksUrl: string | null;
  /** Null: not checked. */
  jwtIssuer: string | null;
  jwtAudience: string | null;
  /** Of one address, and of one caller, to this instance. */
  requestsPerMinute: number;
  /** Packages of connectors outside this repository. */
  connectors: readonly string[];
  /** Each at least 32 characters. The first one seals, all of them open: what `createKeyring` takes. */
  encryptionSecrets: readonly [string, ...string[]];
  integrations: readonly ConfiguredIntegration[];
  /** Connectors whose integrations are off, however they were made. */
  switchedOff: readonly string[];
  notifications: NotificationConfig;
  telemetry: { otlpEndpoint: string | null; sentryDsn: string | null; environment: string };
  /** Things to tell the user that do not stop the start. */
  warnings: readonly string[];
}

const PREFIXES = allIntegrations.map(({ prefix }) => prefix);

type Values = ValuesOf<typeof VARIABLES>;

/**
 * Reads and checks the environment as a whole. Outside production the secrets that are missing are made and kept
 * below DATA_DIR.
 * @throws ConfigError with everything that is wrong
 */
export function loadConfig(env: Environment): Config {
  const problems: Problem[] = [];
  const values = readVariables(env, VARIABLES, problems);
  const production = values.NODE_ENV === 'production';
  const dataDir = resolve(values.DATA_DIR);
  const integrations = readConfiguredIntegrations(env, production, problems);
  const notifications = notificationConfigOf(readVariables(env, NOTIFICATIONS, problems), problems, production);
  const simulators = values.SIMULATORS ?? (!production && integrations.length === 0);
  if (!values.DATABASE_URL || simulators) requireDataFolder(dataDir, problems);
  const secrets = production ? requireSecrets(values, problems) : provideSecrets(values, dataDir, problems);
  const misspelt = [...warnOfMisspelt(env, knownNames(), PREFIXES), ...warnOfForeign(env)];
  if (problems.length > 0) throw new ConfigError(problems, misspelt);
  return {
    production,
    host: values.HOST,
    port: values.PORT,
    role: values.ROLE,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? null,
    trustedProxies: values.TRUST_PROXY ?? [],
    dataDir,
    filesRoot: resolve(values.CSV_ROOT ?? join(dataDir, 'csv')),
    databaseUrl: values.DATABASE_URL ?? null,
    jobsUrl: values.JOBS_URL ?? null,
    hookModules: values.HOOKS,
    simulators,
    jwtSecret: secrets.jwtSecret,
    jwksUrl: values.JWKS_URL ?? null,
    jwtIssuer: values.JWT_ISSUER ?? null,
    jwtAudience: values.JWT_AUDIENCE ?? null,
    requestsPerMinute: values.REQUESTS_PER_MINUTE,
    connectors: values.CONNECTORS,
    encryptionSecrets: [secrets.encryptionKey, ...(values.ENCRYPTION_KEYS_OLD ?? [])],
    integrations,
    switchedOff: readSwitchedOff(env),
    notifications,
    telemetry: telemetryOf(values),
    warnings: [...misspelt, ...warnOfSecrets(values, production)],
  };
}

const telemetryOf = (values: Values): Config['telemetry'] => ({
  otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
  sentryDsn: values.SENTRY_DSN ?? null,
  environment: values.NODE_ENV,
});

interface Secrets {
  jwtSecret: string;
  encryptionKey: string;
}

/** In production nothing is made up: a secret that another instance does not share would lock callers out. */
function requireSecrets(values: Values, problems: Problem[]): Secrets {
  const { JWT_SECRET: jwtSecret = '', ENCRYPTION_KEY: encryptionKey = '' } = values;
  if (!isStrong(jwtSecret)) problems.push(problemWith('JWT_SECRET', VARIABLES.JWT_SECRET, jwtSecret || undefined));
  const reported = problems.some((problem) => problem.variable === 'ENCRYPTION_KEY');
  if (!encryptionKey && !reported) problems.push(problemWith('ENCRYPTION_KEY', VARIABLES.ENCRYPTION_KEY, undefined));
  return { jwtSecret, encryptionKey };
}

function provideSecrets(values: Values, dataDir: string, problems: Problem[]): Secrets {
  try {
    return {
      jwtSecret: values.JWT_SECRET ?? keepSecret(dataDir, 'jwt-secret'),
      encryptionKey: values.ENCRYPTION_KEY ?? keepSecret(dataDir, 'encryption-key'),
    };
  } catch (error) {
    if (!problems.some(({ variable }) => variable === 'DATA_DIR')) problems.push(dataFolderProblem(dataDir, error));
    return { jwtSecret: '', encryptionKey: '' };
  }
}

function warnOfSecrets(values: Values, production: boolean): string[] {
  const warnings: string[] = [];
  if (!production && values.JWT_SECRET && !isStrong(values.JWT_SECRET))
    warnings.push(`JWT_SECRET is short: production needs ${VARIABLES.JWT_SECRET.expected}.`);
  if (!production && values.DATABASE_URL && !values.ENCRYPTION_KEY)
    warnings.push(
      'DATABASE_URL is set and ENCRYPTION_KEY is not: other instances on that database cannot open the credentials sealed by this one.',
    );
  return warnings;
}

function knownNames(): string[] {
  return [...Object.keys(VARIABLES), ...Object.keys(NOTIFICATIONS), ...integrationVariables().map(([name]) => name)];
}

/** What the start logs: every setting, of secrets only whether they are there. */
export function summariseConfig(config: Config): Record<string, unknown> {
  const {
    databaseUrl,
    jobsUrl,
    jwtSecret,
    encryptionSecrets,
    integrations,
    notifications: { publicUrl, ...channels },
    telemetry,
    warnings: _,
    ...plain
  } = config;
  return {
    ...plain,
    databaseUrlConfigured: databaseUrl !== null,
    jobsUrlConfigured: jobsUrl !== null,
    jwtSecretConfigured: jwtSecret !== '',
    encryptionKeyConfigured: true,
    publicUrl,
    notificationChannels: Object.entries(channels).flatMap(([name, channel]) => (channel ? [name] : [])),
    otlpEndpoint: telemetry.otlpEndpoint,
    sentryConfigured: telemetry.sentryDsn !== null,
    oldEncryptionKeys: encryptionSecrets.length - 1,
    integrations: integrations.map(({ id, merchantId, settings, credentials }) => ({
      id,
      merchantId,
      settings,
      ...Object.fromEntries(Object.keys(credentials).map((name) => [`${name}Configured`, true])),
    })),
  };
}
