import { z } from 'zod';
import { type Problem, problemWith } from './problems.js';
import { type Environment, readVariables, textOf } from './read-variables.js';
import { baseUrl, type Variable, wholeNumber } from './variables.js';

/** An integration that the environment configures: created at start and kept in step with it. */
export interface ConfiguredIntegration {
  id: string;
  connector: string;
  merchantId: string;
  /** Checked by the connector's own schema before they are sealed. */
  credentials: Record<string, unknown>;
  settings: Record<string, unknown>;
}

export const B2B_PORTAL_PREFIX = 'B2B_PORTAL_';

/** Variables of the B2B Portal, named without their prefix. */
export const B2B_PORTAL = {
  BASE_URL: {
    schema: baseUrl,
    about: "Address of the portal's API. Must be `https:` in production.",
    expected: 'a URL with https: (http: only outside production), without query or password',
    example: 'https://b2b-portal.example.com/api/v1',
  },
  API_KEY: {
    schema: z.string(),
    about: 'Sent as `X-API-Key`.',
    expected: 'the key that the portal gave you',
    example: 'your-api-key',
    secret: true,
  },
  API_SECRET: {
    schema: z.string(),
    about: 'Checks the signature of webhooks. Not set: webhooks are not checked.',
    expected: 'the secret that the portal gave you',
    example: 'your-api-secret',
    secret: true,
  },
  MERCHANT_ID: {
    schema: z.string(),
    about: 'The merchant whose orders go there; sent as `X-Merchant-Id`.',
    expected: "the merchant's id",
    example: 'your-merchant-id',
  },
  TIMEOUT: {
    schema: wholeNumber(100, 300_000),
    default: '30000',
    about: 'Longest time of one call, milliseconds.',
    expected: 'milliseconds, a whole number from 100 to 300000',
    example: '30000',
  },
  MAX_RETRIES: {
    schema: wholeNumber(0, 20),
    default: '3',
    about: 'How often a failed call is tried again.',
    expected: 'a whole number from 0 to 20',
    example: '3',
  },
} as const satisfies Record<string, Variable>;

const REQUIRED = ['BASE_URL', 'API_KEY', 'MERCHANT_ID'] as const;

/** Reads `B2B_PORTAL_*`; null when none of them is set, or when they are reported to `problems`. */
export function readB2bPortal(
  env: Environment,
  production: boolean,
  problems: Problem[],
): ConfiguredIntegration | null {
  const set = Object.keys(B2B_PORTAL).filter((name) => textOf(env, B2B_PORTAL_PREFIX + name));
  if (set.length === 0) return null;
  const before = problems.length;
  const values = readVariables(env, B2B_PORTAL, problems, B2B_PORTAL_PREFIX);
  for (const name of REQUIRED) {
    if (!set.includes(name)) problems.push(missingBeside(name, set));
  }
  if (production && values.BASE_URL?.startsWith('http:'))
    problems.push(problemWith(`${B2B_PORTAL_PREFIX}BASE_URL`, B2B_PORTAL.BASE_URL, values.BASE_URL));
  const { BASE_URL: baseUrl, API_KEY: apiKey, MERCHANT_ID: merchantId } = values;
  if (problems.length > before || !baseUrl || !apiKey || !merchantId) return null;
  return {
    id: 'b2b-portal',
    connector: 'b2b-portal',
    merchantId,
    credentials: { apiKey, ...(values.API_SECRET && { apiSecret: values.API_SECRET }) },
    settings: { baseUrl, merchantId, timeout: values.TIMEOUT, maxRetries: values.MAX_RETRIES },
  };
}

function missingBeside(name: (typeof REQUIRED)[number], set: string[]): Problem {
  const problem = problemWith(B2B_PORTAL_PREFIX + name, B2B_PORTAL[name], undefined);
  const others = set.map((other) => B2B_PORTAL_PREFIX + other).join(', ');
  return { ...problem, found: `not set, while ${others} is set`, mend: `${problem.mend}; or unset ${others}` };
}
