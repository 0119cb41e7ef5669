import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/config.js';

interface Service {
  image: string;
  build?: string;
  environment: Record<string, unknown>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  read_only?: boolean;
  tmpfs?: string[];
  volumes?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  deploy?: { resources: { limits: { memory: string } } };
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};

/** As compose puts the shell's variables in: `${NAME:-default}` and `${NAME:?why it is needed}`. */
const filledIn = (value: unknown) =>
  String(value).replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_whole, _name, kind, rest) =>
    kind === '-' ? rest : 'x'.repeat(64),
  );

it('G25 composes an api and a worker on one database, of variables that the hub knows', () => {
  const configs = ['api', 'worker'].map((name) => {
    const environment = Object.entries(services[name]?.environment ?? {});
    const config = loadConfig(Object.fromEntries(environment.map(([key, value]) => [key, filledIn(value)])));
    const { role, databaseUrl, jobsUrl, host, port, warnings } = config;
    return { role, databaseUrl, jobsUrl, host, port, warnings };
  });

  const common = {
    databaseUrl: `postgres://syncline:${'x'.repeat(64)}@postgres:5432/syncline`,
    jobsUrl: 'mongodb://mongo:27017/syncline',
    host: '0.0.0.0',
    port: 4000,
    warnings: [],
  };
  expect(configs).toEqual(['api', 'worker'].map((role) => ({ role, ...common })));
});

it('G25 has no password that everybody knows: each must be set, and .env.example names it', () => {
  const text = readFileSync('docker-compose.yml', 'utf8');
  const example = readFileSync('.env.example', 'utf8');

  const filled = [...text.matchAll(/\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*):(.)/g)].map(([, name, kind]) => ({
    name,
    kind,
  }));

  expect(new Set(filled.map(({ name }) => name))).toEqual(
    new Set(['POSTGRES_PASSWORD', 'JWT_SECRET', 'ENCRYPTION_KEY']),
  );
  for (const { name, kind } of filled) {
    expect({ name, kind }).toEqual({ name, kind: '?' });
    expect(example).toContain(`\n# ${name}=\n`);
  }
});

it('G25 waits for what it depends on until that is healthy, and for the migrations until they are done', () => {
  for (const [name, { depends_on: needed = {} }] of Object.entries(services)) {
    for (const [other, { condition }] of Object.entries(needed)) {
      const wanted = other === 'migrate' ? 'service_completed_successfully' : 'service_healthy';
      expect({ name, other, condition }).toEqual({ name, other, condition: wanted });
      if (other !== 'migrate') expect(services[other]?.healthcheck?.test.length).toBeGreaterThan(1);
    }
  }
  expect(['api', 'worker'].map((name) => Object.keys(services[name]?.depends_on ?? {}).sort())).toEqual([
    ['migrate', 'mongo', 'postgres'],
    ['migrate', 'mongo', 'postgres'],
  ]);
});

it.each(['migrate', 'api', 'worker'])(
  'G25 lets %s write to its data and nowhere else, with no right to spare',
  (name) => {
    const { read_only, tmpfs, volumes, cap_drop, security_opt, deploy } = services[name] as Service;

    expect({ read_only, tmpfs, volumes, cap_drop, security_opt }).toEqual({
      read_only: true,
      tmpfs: ['/tmp'],
      volumes: ['data:/data'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(deploy?.resources.limits.memory).toBe('1g');
    expect(readFileSync('Dockerfile', 'utf8')).toMatch(/^USER node$/m);
  },
);
