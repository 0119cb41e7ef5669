import { z } from 'zod';
import { areModules, namesIn, resolveModules } from './modules.js';

/** One environment variable: how it is read, and everything that its user needs to be told about it. */
export interface Variable {
  /** Reads the text of the variable; an empty one counts as not set and never arrives here. */
  schema: z.ZodType;
  about: string;
  expected: string;
  /** A value to copy. For a secret: a command that makes one, in backticks. */
  example: string;
  /** Text that is read when the variable is not set. */
  default?: string;
  /** Never printed, logged or stored in the clear. */
  secret?: true;
}

/** What the variables of such a table read as. */
export type ValuesOf<Table extends Record<string, Variable>> = {
  [Name in keyof Table]: Table[Name] extends { default: string }
    ? z.output<Table[Name]['schema']>
    : z.output<Table[Name]['schema']> | undefined;
};

/** Shortest secret that HS256 and AES-256 are not weakened by. */
const SECRET_CHARACTERS = 32;
const MAKE_SECRET = '`openssl rand -hex 32`';

/** A whole number in its plain decimal form. */
export function wholeNumber(min: number, max: number) {
  return z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max));
}

function urlOf(...protocols: string[]) {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));
}

const httpUrl = urlOf('http:', 'https:');

/** Paths are added to it: no query, fragment or credentials; a slash at its end is dropped. */
export const baseUrl = httpUrl
  .refine((text) => !/[?#]|\/\/[^/]*@/.test(text))
  .transform((text) => text.replace(/\/+$/, ''));

/** Words for networks, as Fastify takes them. */
const PROXY_NETWORKS = z.enum(['loopback', 'linklocal', 'uniquelocal']);

/** The hub's own variables; those of integrations are in `integrations/`. */
export const VARIABLES = {
  NODE_ENV: {
    schema: z.enum(['production', 'development', 'test']),
    default: 'development',
    about: 'In `production` secrets are required, simulators are off, and upstreams must use HTTPS.',
    expected: 'production, development or test',
    example: 'production',
  },
  PORT: {
    schema: wholeNumber(0, 65_535),
    default: '4000',
    about: 'Port of the web pages, GraphQL, REST and webhooks. 0 takes a free one.',
    expected: 'a whole number from 0 to 65535',
    example: '4000',
  },
  HOST: {
    schema: z.union([z.ipv4(), z.ipv6(), z.hostname()]),
    default: '127.0.0.1',
    about: 'Address to listen on. The container image sets `0.0.0.0`.',
    expected: 'an IP address or a host name, without port',
    example: '127.0.0.1',
  },
  ROLE: {
    schema: z.enum(['all', 'api', 'worker']),
    default: 'all',
    about:
      '`api` answers requests, `worker` delivers and runs jobs, `all` does both. Several of each share one database.',
    expected: 'all, api or worker',
    example: 'all',
  },
  LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    about: 'The least severe log line that is written.',
    expected: 'trace, debug, info, warn, error, fatal or silent',
    example: 'info',
  },
  LOG_FORMAT: {
    schema: z.enum(['json', 'pretty']),
    about: 'One JSON object a line, or lines for a person. Not set: `pretty` at a terminal, else `json`.',
    expected: 'json or pretty',
    example: 'json',
  },
  TRUST_PROXY: {
    schema: z
      .string()
      .transform((text) => text.split(',').map((one) => one.trim()))
      .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), PROXY_NETWORKS]))),
    about:
      'Proxies whose `X-Forwarded-*` headers are believed: who calls, and whether by https. Not set: none; every caller behind a proxy counts as one.',
    expected:
      'addresses or networks, or the words loopback, linklocal and uniquelocal for the usual ones, separated by commas',
    example: '10.0.0.0/8',
  },
  DATA_DIR: {
    schema: z.string(),
    default: './.syncline',
    about: 'Folder of the embedded PostgreSQL and of generated secrets.',
    expected: 'a folder that the hub may write to',
    example: './.syncline',
  },
  CSV_ROOT: {
    schema: z.string(),
    about:
      'Folder of the files that integrations exchange, one below it for each merchant. Not set: `csv` in `DATA_DIR`.',
    expected: 'a folder that the hub may write to; several instances share it',
    example: '/srv/syncline/files',
  },
  DATABASE_URL: {
    schema: urlOf('postgres:', 'postgresql:'),
    about: 'An outside PostgreSQL, version 17 or later. Not set: the hub runs one of its own below `DATA_DIR`.',
    expected: 'postgres://user:password@host:port/database',
    example: 'postgres://syncline:password@localhost:5432/syncline',
    secret: true,
  },
  JOBS_URL: {
    schema: urlOf('mongodb:', 'mongodb+srv:'),
    about: 'Where Agenda keeps the timetable of jobs. Not set: in the same PostgreSQL.',
    expected: 'mongodb://host:port/database, or nothing',
    example: 'mongodb://localhost:27017/syncline',
    secret: true,
  },
  CONNECTORS: {
    schema: z.string().transform(namesIn).refine(areModules),
    default: '',
    about: 'Connectors of your own, from packages that are installed beside the hub (docs/custom-connectors.md).',
    expected:
      'names of installed packages, or paths of modules that are there and begin with `/`, `./` or `../`, separated by commas',
    example: '@acme/syncline-connector-x',
  },
  HOOKS: {
    schema: z.string().transform((text, context) => {
      try {
        return resolveModules(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not found' });
        return z.NEVER;
      }
    }),
    default: '',
    about: 'Modules of your own that are told of each delivery (docs/hooks.md).',
    expected:
      'paths of modules that are there and begin with . or /, or names of installed packages, separated by commas',
    example: './hooks/tell-the-warehouse.js',
  },
  SIMULATORS: {
    schema: z.enum(['on', 'off']).transform((text) => text === 'on'),
    about:
      'Runs a simulator of every upstream system and a demo merchant. Not set: on outside production while no upstream is configured.',
    expected: 'on or off',
    example: 'off',
  },
  JWT_SECRET: {
    schema: z.string(),
    about: 'Signs and checks bearer tokens (HS256). Outside production one is made and kept in `DATA_DIR`.',
    expected: `at least ${SECRET_CHARACTERS} characters`,
    example: MAKE_SECRET,
    secret: true,
  },
  JWKS_URL: {
    schema: httpUrl,
    about: "Public keys of your identity provider (RS256, ES256), accepted beside the hub's own tokens.",
    expected: 'a URL of a JSON Web Key Set',
    example: 'https://login.example.com/.well-known/jwks.json',
  },
  JWT_ISSUER: {
    schema: z.string(),
    about: 'Not set: tokens of any issuer whose signature is good.',
    expected: 'what every token must name as its issuer (`iss`)',
    example: 'https://login.example.com',
  },
  JWT_AUDIENCE: {
    schema: z.string(),
    about: 'Not set: tokens for any audience. Set it when your identity provider serves other systems too.',
    expected: 'what every token must name as its audience (`aud`)',
    example: 'syncline',
  },
  REQUESTS_PER_MINUTE: {
    schema: wholeNumber(1, 1_000_000_000),
    default: '600000',
    about:
      'How many requests an address, and a caller, may make to the hub, over all its processes; one more is answered with 429.',
    expected: 'a whole number of at least 1',
    example: '6000',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: httpUrl,
    about:
      'Where traces are sent, by OTLP over HTTP: each order from the request through the calls to the systems and back. Not set: nothing is recorded.',
    expected: 'the base URL of a collector',
    example: 'http://localhost:4318',
  },
  SENTRY_DSN: {
    schema: httpUrl,
    about:
      'Unexpected errors and dead letters are reported to this project of Sentry, by their ids. Not set: nothing is.',
    expected: 'the DSN that Sentry gave you',
    example: 'https://key@o0.ingest.sentry.io/0',
    secret: true,
  },
  ENCRYPTION_KEY: {
    schema: z.string().min(SECRET_CHARACTERS),
    about:
      'Seals the credentials of integrations (AES-256-GCM). Outside production one is made and kept in `DATA_DIR`.',
    expected: `at least ${SECRET_CHARACTERS} characters`,
    example: MAKE_SECRET,
    secret: true,
  },
  ENCRYPTION_KEYS_OLD: {
    schema: z
      .string()
      .transform((text) => text.split(',').map((key) => key.trim()))
      .pipe(z.array(z.string().min(SECRET_CHARACTERS))),
    about: 'Former values of `ENCRYPTION_KEY`, separated by commas: still opened by, never sealed with.',
    expected: `keys of at least ${SECRET_CHARACTERS} characters, separated by commas`,
    example: 'the former ENCRYPTION_KEY',
    secret: true,
  },
} as const satisfies Record<string, Variable>;

/** Whether a secret is long enough to be used in production. */
export function isStrong(secret: string): boolean {
  return secret.length >= SECRET_CHARACTERS;
}
