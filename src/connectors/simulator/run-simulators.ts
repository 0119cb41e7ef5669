import type { AddressInfo } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { type Controlled, registerControl } from './control.js';
import { createEffects } from './effects.js';
import { createFaults } from './faults.js';
import { keepState } from './keep-state.js';
import type { BuildSystem, SimulatorKit } from './kit.js';
import { injectFaults } from './misbehave.js';
import { readSystems, type SimulatorOptions, SYSTEMS_VARIABLE } from './options.js';
import { createRandom } from './random.js';
import { logRequests } from './requests.js';
import { createWebhookSender } from './webhook-sender.js';

/**
 * The main program of a simulator process: each system on an address of its own on the loopback. Prints their addresses
 * as one line, in the order asked for, and ends on SIGTERM or when the process that forked it is gone. What a terminal
 * sends to all of its processes ends it only where nobody forked it: a hub that drains still calls upstream.
 */
async function runSimulators(): Promise<void> {
  const end = () => process.exit(0);
  process.once('SIGTERM', end).once('disconnect', end);
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.connected || end());
  const systems = readSystems(process.env[SYSTEMS_VARIABLE] ?? '');
  const urls = await Promise.all(systems.map(({ module, options }) => listen(module, options)));
  process.stdout.write(`${JSON.stringify(urls)}\n`);
}

async function listen(module: string, options: SimulatorOptions): Promise<string> {
  const { buildSimulator } = (await import(module)) as { buildSimulator: BuildSystem };
  const app = await createApp(buildSimulator, options);
  await app.listen({ port: options.port, host: '127.0.0.1' });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

async function createApp(build: BuildSystem, options: SimulatorOptions): Promise<FastifyInstance> {
  const kit: SimulatorKit = {
    options,
    random: createRandom(options.seed),
    effects: createEffects(),
    webhooks: createWebhookSender(options.webhookUrl),
  };
  // Of its own: what the system draws by the clock must not decide which request is hit.
  const faults = createFaults(createRandom(options.seed));
  const app = fastify({ bodyLimit: 16 * 1024 * 1024 });
  let control: Controlled;
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.name === 'ZodError' ? 400 : (error.statusCode ?? 500);
    return reply.code(status).send({ error: error.name, message: error.message });
  });
  // In a scope of its own: no fault, log entry or raw parser of the API touches the control API.
  await app.register(async (api) => {
    const requests = logRequests(api);
    injectFaults(api, faults);
    const system = build(api, kit);
    if (options.stateFile !== null) keepState(options.stateFile, kit, system);
    control = { kit, system, faults, requests };
  });
  app.register(async (scope) => registerControl(scope, control), { prefix: '/_control' });
  return app;
}

await runSimulators();
