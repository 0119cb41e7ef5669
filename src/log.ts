import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger } from 'pino';

/** Fields that are never written, at the top and one level down. Bodies and headers are masked where they are kept. */
const SECRETS = [
  'apiKey',
  'apiSecret',
  'authorization',
  'Authorization',
  'cookie',
  'credentials',
  'databaseUrl',
  'encryptionSecrets',
  'jobsUrl',
  'jwtSecret',
  'password',
  'secret',
  'token',
  '["x-api-key"]',
];

export interface LogOptions {
  level: string;
  /** Lines for a person at a terminal; otherwise one JSON object a line. */
  readable: boolean;
  /** Where the lines go; standard output unless given. */
  stream?: DestinationStream;
}

/** The hub's logger. Messages are static text; whatever varies stands beside them as fields. */
export function createLogger({ level, readable, stream = process.stdout }: LogOptions): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((name) => [name, nested(name)]), censor: '***' },
      serializers: { err: describeError },
    },
    readable ? { write: (line: string) => stream.write(makeReadable(line)) } : stream,
  );
}

function nested(name: string): string {
  return name.startsWith('[') ? `*${name}` : `*.${name}`;
}

/** Libraries hang requests, options and parameters on their errors; only what says what happened is kept. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return {
    name,
    message,
    ...(code !== undefined && { code }),
    stack,
    ...(cause instanceof Error && { cause: describeError(cause) }),
  };
}

const COLOURS: Record<string, number> = { fatal: 35, error: 31, warn: 33, info: 32, debug: 36, trace: 90 };

function makeReadable(line: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line);
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const head = `${time.slice(11, 23)} \x1b[${COLOURS[level] ?? 0}m${level.toUpperCase().padEnd(5)}\x1b[0m ${msg ?? ''}`;
  const detail = rest.length > 0 ? ` \x1b[90m${rest.join(' ')}\x1b[0m` : '';
  return `${head}${detail}\n${err ? `${err.stack ?? JSON.stringify(err)}\n` : ''}`;
}
