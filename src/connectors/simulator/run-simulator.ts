import type { AddressInfo } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { type Controlled, registerControl } from './control.js';
import { createEffects } from './effects.js';
import { createFaults } from './faults.js';
import { keepState } from './keep-state.js';
import type { BuildSystem, SimulatorKit } from './kit.js';
import { injectFaults } from './misbehave.js';
import { readOptions, type SimulatorOptions } from './options.js';
import { createRandom } from './random.js';
import { logRequests } from './requests.js';
import { createWebhookSender } from './webhook-sender.js';

/**
 * The main function of a simulator process: listens on the loopback, prints `{"url":"…"}` as one line, and ends on
 * SIGTERM, SIGINT or when the process that forked it is gone.
 */
export async function runSimulator(build: BuildSystem): Promise<void> {
  const end = () => process.exit(0);
  process.once('SIGTERM', end).once('SIGINT', end).once('disconnect', end);
  const options = readOptions(process.argv.slice(2));
  const app = await createApp(build, options);
  await app.listen({ port: options.port, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
}

async function createApp(build: BuildSystem, options: SimulatorOptions): Promise<FastifyInstance> {
  const random = createRandom(options.seed);
  const kit: SimulatorKit = {
    options,
    random,
    effects: createEffects(),
    webhooks: createWebhookSender(options.webhookUrl),
  };
  const faults = createFaults(random);
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
