import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig, summariseConfig } from '../../src/config/config.js';
import { ConfigError } from '../../src/config/problems.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'syncline-config-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const load = (env: Record<string, string>) => loadConfig({ DATA_DIR: dataDir, ...env });

function problemsOf(env: Record<string, string>): ConfigError {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted');
}

const PORTAL = {
  B2B_PORTAL_BASE_URL: 'https://portal.example.com/api/v1/',
  B2B_PORTAL_API_KEY: 'key-of-the-portal',
  B2B_PORTAL_API_SECRET: 'secret-of-the-portal',
  B2B_PORTAL_MERCHANT_ID: 'm-1',
};
const SECRETS = { JWT_SECRET: 'j'.repeat(32), ENCRYPTION_KEY: 'e'.repeat(32) };

describe('loadConfig', () => {
  it('needs nothing outside production', () => {
    const config = load({});

    expect(config).toMatchObject({ host: '127.0.0.1', port: 4000, role: 'all', databaseUrl: null, simulators: true });
    expect(config.warnings).toEqual([]);
  });

  it('keeps the secrets it makes, readable by their owner alone', () => {
    const first = load({});
    const second = load({});

    expect(second.jwtSecret).toBe(first.jwtSecret);
    expect(second.encryptionSecrets).toEqual(first.encryptionSecrets);
    expect(readFileSync(join(dataDir, 'secrets/jwt-secret'), 'utf8')).toBe(first.jwtSecret);
    expect(statSync(join(dataDir, 'secrets/jwt-secret')).mode & 0o777).toBe(0o600);
  });

  it('tells a slip in a name beside the problem that it causes', () => {
    const { B2B_PORTAL_API_KEY: key, ...others } = PORTAL;

    const { message } = problemsOf({ ...others, B2B_PORTAL_API_KEI: key });

    expect(message).toContain('B2B_PORTAL_API_KEY\n    found:    not set');
    expect(message).toContain('B2B_PORTAL_API_KEI is set but not known: did you mean B2B_PORTAL_API_KEY?');
  });

  it('tells everything that is wrong at once, with what to do', () => {
    const error = problemsOf({ PORT: '80a', HOST: 'http://x', ROLE: 'both', SIMULATORS: 'yes', NODE_ENV: 'prod' });

    expect(error.problems.map((problem) => problem.variable).sort()).toEqual([
      'HOST',
      'NODE_ENV',
      'PORT',
      'ROLE',
      'SIMULATORS',
    ]);
    expect(error.message).toContain('found:    "80a"');
    expect(error.message).toContain('expected: a whole number from 0 to 65535');
    expect(error.message).toContain('to mend:  for example PORT=4000');
  });

  it('never prints a secret that it refuses', () => {
    const error = problemsOf({
      NODE_ENV: 'production',
      JWT_SECRET: 'short',
      ENCRYPTION_KEY: 'tiny',
      ENCRYPTION_KEYS_OLD: 'bygone',
      DATABASE_URL: 'mysql://root:pa55word@db/x',
    });

    expect(error.problems).toHaveLength(4);
    expect(error.message).toContain('set, 5 characters (not shown)');
    expect(error.message).not.toMatch(/short|tiny|bygone|pa55word/);
  });

  it('prints no password and no query of an address that it refuses, whatever stands in them', () => {
    const { message } = problemsOf({
      B2B_PORTAL_BASE_URL: 'https://user:pa/ss@wo?rd@portal.example.com/api?key=hidden#hash',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://u:pa55word@collector/?token=hidden',
    });

    expect(message).toContain('B2B_PORTAL_BASE_URL\n    found:    "https://***@portal.example.com/api?***"');
    expect(message).not.toMatch(/pa\/|ss@wo|hidden|pa55word/);
  });

  it('tells modules that are not there, and addresses without TLS in production, with everything else', () => {
    const error = problemsOf({
      NODE_ENV: 'production',
      ...SECRETS,
      ...PORTAL,
      PORT: 'x',
      CONNECTORS: 'zod,no-such-package',
      HOOKS: './no-such-file.js',
      B2B_PORTAL_BASE_URL: 'HTTP://portal.example.com',
      NOTIFY_SLACK_URL: 'http://slack.example.com/hook',
      NOTIFY_WEBHOOK_URL: 'http://example.com/messages',
      NOTIFY_WEBHOOK_SECRET: 's'.repeat(16),
    });

    expect(error.problems.map(({ variable }) => variable).sort()).toEqual([
      'B2B_PORTAL_BASE_URL',
      'CONNECTORS',
      'HOOKS',
      'NOTIFY_SLACK_URL',
      'NOTIFY_WEBHOOK_URL',
      'PORT',
    ]);
  });

  it('takes packages and files that are there as modules', () => {
    const file = join(dataDir, 'hook.js');
    writeFileSync(file, '');

    const { connectors, hookModules } = load({ CONNECTORS: `zod, ${file}`, HOOKS: file });

    expect(connectors).toEqual(['zod', file]);
    expect(hookModules).toEqual([pathToFileURL(file).href]);
  });

  it('requires both secrets in production', () => {
    const error = problemsOf({ NODE_ENV: 'production' });

    expect(error.problems.map(({ variable, found }) => [variable, found])).toEqual([
      ['JWT_SECRET', 'not set'],
      ['ENCRYPTION_KEY', 'not set'],
    ]);
  });

  it('takes blank variables for variables that are not set', () => {
    expect(load({ PORT: '', DATABASE_URL: ' ', B2B_PORTAL_BASE_URL: '' }).port).toBe(4000);
  });

  it('reports a data folder that cannot be written', () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');

    const error = problemsOf({ DATA_DIR: join(file, 'folder') });
    const withSecrets = problemsOf({ DATA_DIR: join(file, 'folder'), ...SECRETS, PORT: 'x' });
    const outside = load({ DATA_DIR: join(file, 'folder'), ...SECRETS, ...PORTAL, DATABASE_URL: 'postgres://h/d' });

    expect(error.problems).toEqual([expect.objectContaining({ variable: 'DATA_DIR' })]);
    expect(withSecrets.problems.map(({ variable }) => variable)).toEqual(['PORT', 'DATA_DIR']);
    expect(outside.databaseUrl).toBe('postgres://h/d');
  });

  it.each([
    ['/proc/x', 'no folder can be made there'],
    ['/proc', 'there'],
    [process.execPath, 'a file is in its place'],
    [`${process.execPath}/folder`, 'a file is in its place'],
    [`/${'a'.repeat(300)}`, 'it is too long'],
    ['/long'.repeat(200), 'longer than the 800 bytes'],
  ])('says at once why the data cannot be in %s', (folder, reason) => {
    const { problems } = problemsOf({ DATA_DIR: folder });

    expect(problems).toEqual([
      expect.objectContaining({ variable: 'DATA_DIR', found: expect.stringContaining(reason) }),
    ]);
  });

  it('leaves nothing of its trial in the folder', () => {
    load(SECRETS);

    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('runs the simulators only outside production and with no upstream, unless told', () => {
    expect(load({ NODE_ENV: 'production', ...SECRETS }).simulators).toBe(false);
    expect(load(PORTAL).simulators).toBe(false);
    expect(load({ ...PORTAL, SIMULATORS: 'on' }).simulators).toBe(true);
  });

  it('believes no proxy but those that are named by their addresses, networks or the usual words', () => {
    const named = load({ TRUST_PROXY: '10.0.0.0/8, ::1,uniquelocal' }).trustedProxies;

    expect(named).toEqual(['10.0.0.0/8', '::1', 'uniquelocal']);
    expect(load({}).trustedProxies).toEqual([]);
    expect(problemsOf({ TRUST_PROXY: 'yes' }).problems).toEqual([expect.objectContaining({ variable: 'TRUST_PROXY' })]);
  });

  it('takes two formats of the log', () => {
    expect([load({}).logFormat, load({ LOG_FORMAT: 'pretty' }).logFormat]).toEqual([null, 'pretty']);
    expect(problemsOf({ LOG_FORMAT: 'xml' }).message).toContain('json or pretty');
  });

  it('names former encryption keys after the present one', () => {
    const config = load({
      ENCRYPTION_KEY: 'n'.repeat(32),
      ENCRYPTION_KEYS_OLD: `${'o'.repeat(32)}, ${'p'.repeat(40)}`,
    });

    expect(config.encryptionSecrets).toEqual(['n'.repeat(32), 'o'.repeat(32), 'p'.repeat(40)]);
  });

  it('warns of names that look like ours', () => {
    const { warnings } = load({
      ...PORTAL,
      B2B_PORTAL_BASEURL: 'x',
      DATABSE_URL: 'y',
      B2B_PORTAL_COLOUR: 'z',
      EDITOR: 'vi',
    });

    expect(warnings).toHaveLength(3);
    expect(warnings.join()).toContain('B2B_PORTAL_BASEURL is set but not known: did you mean B2B_PORTAL_BASE_URL?');
    expect(warnings.join()).toContain('did you mean DATABASE_URL?');
    expect(warnings.join()).toContain('Known are B2B_PORTAL_BASE_URL, B2B_PORTAL_API_KEY');
  });

  it('G25 tells what does here what the documents’ variables do there, without their values', () => {
    const theirs = { DB_HOST: 'postgres', DB_PASSWORD: 'their-password', REDIS_HOST: 'redis' };

    const { warnings } = load(theirs);
    const both = load({ ...theirs, DATABASE_URL: 'postgres://a:b@c/d', ENCRYPTION_KEY: 'k'.repeat(32) });

    expect(warnings).toEqual([
      expect.stringMatching(/^DB_HOST, DB_PASSWORD: not read here, but DATABASE_URL is\./),
      expect.stringMatching(/^REDIS_HOST: not read here\. The hub needs no Redis/),
    ]);
    expect(warnings.join()).not.toContain('their-password');
    expect(both.warnings).toEqual([expect.stringMatching(/^REDIS_HOST/)]);
  });
});

describe('B2B_PORTAL_*', () => {
  it('B8 makes one integration, with the documented defaults', () => {
    expect(load(PORTAL).integrations).toEqual([
      {
        id: 'b2b-portal',
        connector: 'b2b-portal',
        merchantId: 'm-1',
        credentials: { apiKey: 'key-of-the-portal', apiSecret: 'secret-of-the-portal' },
        settings: {
          baseUrl: 'https://portal.example.com/api/v1',
          merchantId: 'm-1',
          timeout: 30_000,
          maxRetries: 3,
        },
      },
    ]);
  });

  it('B8 is whole or not at all', () => {
    const error = problemsOf({ B2B_PORTAL_API_KEY: 'key', B2B_PORTAL_TIMEOUT: 'soon' });

    expect(error.problems.map((problem) => problem.variable)).toEqual([
      'B2B_PORTAL_TIMEOUT',
      'B2B_PORTAL_BASE_URL',
      'B2B_PORTAL_MERCHANT_ID',
    ]);
    expect(error.message).toContain('not set, while B2B_PORTAL_API_KEY, B2B_PORTAL_TIMEOUT is set');
  });

  it('B28 refuses an upstream without TLS in production alone', () => {
    const plain = { ...PORTAL, B2B_PORTAL_BASE_URL: 'http://portal.example.com' };

    expect(load(plain).integrations).toHaveLength(1);
    expect(problemsOf({ ...plain, ...SECRETS, NODE_ENV: 'production' }).problems).toEqual([
      expect.objectContaining({ variable: 'B2B_PORTAL_BASE_URL', found: '"http://portal.example.com"' }),
    ]);
  });

  it('shows in the summary which secrets are there, and none of them', () => {
    const config = load({ ...PORTAL, ...SECRETS, DATABASE_URL: 'postgres://u:pa55word@db/x' });

    const summary = JSON.stringify(summariseConfig(config));

    expect(summary).toContain('"apiSecretConfigured":true');
    expect(summary).toContain('"databaseUrlConfigured":true');
    expect(summary).not.toMatch(/pa55word|of-the-portal|jjjj|eeee/);
  });
});
