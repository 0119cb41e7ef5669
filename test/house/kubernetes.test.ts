import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import pg from 'pg';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/config.js';
import { migrations } from '../../src/db/migrations/index.js';

const BASE = 'deploy/kubernetes/base';
const EXAMPLE = 'deploy/kubernetes/overlays/example';
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

interface Kustomization {
  kind: string;
  resources: string[];
  secretGenerator?: { name: string }[];
}

interface Container {
  image: string;
  args?: string[];
  env?: { name: string; value: string }[];
  envFrom: ({ configMapRef: { name: string } } | { secretRef: { name: string } })[];
  ports?: { name: string; containerPort: number }[];
  startupProbe?: { httpGet: { path: string; port: string } };
  livenessProbe?: { httpGet: { path: string; port: string } };
  readinessProbe?: { httpGet: { path: string; port: string } };
  resources: { requests: object; limits: object };
  securityContext: Record<string, unknown>;
}

interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: { serviceAccountName: string; securityContext: Record<string, unknown>; containers: Container[] };
}

interface Manifest {
  file: string;
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec: {
    template: PodTemplate;
    selector: Record<string, string> & { matchLabels?: Record<string, string> };
    scaleTargetRef: { name: string };
    podSelector: { matchLabels: Record<string, string> };
  };
}

const kustomization = (folder: string): Kustomization =>
  parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));

const read = (file: string): Manifest[] =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => ({ ...(document.toJS() as Manifest), file }));

const base = kustomization(BASE).resources.flatMap((name) => read(join(BASE, name)));
const all = [...base, ...read(join(EXAMPLE, 'ingress.yaml'))];
const ofKind = (kind: string) => base.filter((manifest) => manifest.kind === kind);
const workloads = base.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
const containerOf = ({ spec }: Manifest) => spec.template.spec.containers[0] as Container;
const named = (workload: string) =>
  containerOf(workloads.find(({ metadata }) => metadata.name === workload) as Manifest);

it('G25 names every manifest of the base, and each only once', () => {
  const files = readdirSync(BASE).filter((name) => name !== 'kustomization.yaml');

  expect([...kustomization(BASE).resources].sort()).toEqual(files.sort());
  expect(new Set(base.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).size).toBe(base.length);
  expect(kustomization(EXAMPLE).resources).toEqual(['../../base', 'ingress.yaml']);
});

/** By the validators that were made of Kubernetes' OpenAPI document: types, formats, values. */
async function problemOf({ file, ...manifest }: Manifest): Promise<string | null> {
  const models = await import(`kubernetes-models/${manifest.apiVersion}`);
  try {
    new models[manifest.kind](manifest).validate();
    return null;
  } catch (error) {
    return `${file}: ${(error as Error).message}`;
  }
}

/** Fields that Kubernetes does not have, or has in another form, and fields that are missing: found by its types. */
function misspelt(manifests: readonly Manifest[]): string[] {
  const source = manifests.map(({ file, ...manifest }, index) => {
    const type = `import('kubernetes-models/${manifest.apiVersion}').I${manifest.kind}`;
    return `export const m${index}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const name = join(process.cwd(), 'manifests.ts');
  const options = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === name ? ts.createSourceFile(name, source.join('\n'), ts.ScriptTarget.ES2023) : getSourceFile(path, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([name], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** Two that Kubernetes refuses, so that the tests are seen to find something. */
const [api] = ofKind('Deployment') as [Manifest];
const wrong = { ...api, spec: { ...api.spec, replicas: 'two' } };
const typo = { ...api, spec: { ...api.spec, replica: 2 } };

it('G25 has manifests that are valid by Kubernetes’ schemas', async () => {
  const problems = await Promise.all([...all, wrong].map(problemOf));

  expect(problems.filter((problem) => problem !== null)).toEqual([expect.stringContaining('replicas must be integer')]);
  expect(all.length).toBeGreaterThanOrEqual(10);
});

it('G25 has no field in its manifests that Kubernetes does not know', () => {
  const problems = misspelt([...all, typo]);

  expect(problems).toEqual([expect.stringContaining('"replica"')]);
});

it('G25 refers only to what there is', () => {
  const names = (kind: string) => ofKind(kind).map(({ metadata }) => metadata.name);
  const secrets = kustomization(EXAMPLE).secretGenerator?.map(({ name }) => name);
  const labelsOf = (manifest: Manifest) => manifest.spec.template.metadata.labels;
  const selects = (labels: Record<string, string> = {}) =>
    workloads.filter((workload) => Object.entries(labels).every(([key, value]) => labelsOf(workload)[key] === value));

  for (const workload of workloads) {
    const { envFrom } = containerOf(workload);
    expect(envFrom).toEqual([{ configMapRef: { name: names('ConfigMap')[0] } }, { secretRef: { name: secrets?.[0] } }]);
    expect(names('ServiceAccount')).toEqual([workload.spec.template.spec.serviceAccountName]);
  }
  for (const deployment of ofKind('Deployment'))
    expect(selects(deployment.spec.selector.matchLabels)).toEqual([deployment]);
  expect(ofKind('PodDisruptionBudget').flatMap(({ spec }) => selects(spec.selector.matchLabels))).toEqual(
    ofKind('Deployment'),
  );
  expect(ofKind('Service').map(({ spec }) => selects(spec.selector).map(({ metadata }) => metadata.name))).toEqual([
    ['syncline-api'],
  ]);
  expect(ofKind('HorizontalPodAutoscaler').map(({ spec }) => spec.scaleTargetRef.name)).toEqual(['syncline-api']);
  expect(ofKind('NetworkPolicy').flatMap(({ spec }) => selects(spec.podSelector.matchLabels))).toEqual(workloads);
});

it('G25 gives no pod more than it needs, and probes each that serves', () => {
  for (const workload of workloads) {
    const { securityContext, resources } = containerOf(workload);
    expect(workload.spec.template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(resources).toMatchObject({ requests: { cpu: expect.any(String) }, limits: { memory: expect.any(String) } });
  }
  for (const deployment of ofKind('Deployment')) {
    const { ports, startupProbe, livenessProbe, readinessProbe } = containerOf(deployment);
    const probes = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
    expect(ports).toEqual([{ name: 'http', containerPort: 4000 }]);
    expect(probes).toEqual(['/livez', '/livez', '/readyz'].map((path) => ({ path, port: 'http' })));
  }
});

it('G25 configures each pod by variables that the hub knows, and runs what it should', () => {
  const secrets = parseEnv(readFileSync(join(EXAMPLE, 'secrets.env.example'), 'utf8'));
  const filled = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, value || 'x'.repeat(64)]));
  const [config] = ofKind('ConfigMap');

  const roles = ['syncline-api', 'syncline-worker'].map((name) => {
    const own = Object.fromEntries((named(name).env ?? []).map((variable) => [variable.name, variable.value]));
    const { role, warnings, simulators } = loadConfig({ NODE_ENV: 'production', ...config?.data, ...filled, ...own });
    return { role, warnings, simulators };
  });

  expect(roles).toEqual(['api', 'worker'].map((role) => ({ role, warnings: [], simulators: false })));
  expect(named('syncline-migrate').args).toEqual(['node', 'dist/src/main.js', 'migrate']);
  expect(readFileSync('Dockerfile', 'utf8')).toContain('"dist/src/main.js"]');
});

it('G25 migrates a database alone, and finds nothing to do the second time', async () => {
  const url = new URL(process.env['TEST_POSTGRES_URL'] ?? '');
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query('create database test_migrate_alone');
  url.pathname = '/test_migrate_alone';
  const dataDir = mkdtempSync(join(tmpdir(), 'syncline-migrate-'));
  const env = { PATH: process.env['PATH'], DATA_DIR: dataDir, DATABASE_URL: url.href };
  const migrate = async () => (await promisify(execFile)(process.execPath, [MAIN, 'migrate'], { env })).stdout;

  const [first, second] = [await migrate(), await migrate()];
  const unknown = await promisify(execFile)(process.execPath, [MAIN, 'migrat'], { env }).catch(({ code, stderr }) => ({
    code,
    stderr,
  }));

  await admin.query('drop database test_migrate_alone');
  await admin.end();
  rmSync(dataDir, { recursive: true });
  expect(first).toContain(migrations.at(-1)?.name);
  expect(second).not.toContain('"msg":"migrated"');
  expect(second).toContain('the database is up to date');
  expect(unknown).toEqual({ code: 1, stderr: expect.stringContaining('but migrate and restored') });
});
