import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config/config.js';
import { keepSecret } from './config/kept-secrets.js';
import type { Connector, DemoIntegration } from './connectors/connector.js';
import { connectors } from './connectors/registry.js';
import { type SpawnedSimulator, spawnSimulators } from './connectors/simulator/spawn-simulator.js';
import { DEMO_MERCHANT, setUpDemo } from './flow/integrations/set-up-demo.js';
import { switchOff } from './flow/integrations/switch-off.js';
import { merchantFolder } from './flow/merchants/merchant-folder.js';
import type { Services } from './flow/services.js';

/** Systems of one's own for whoever tries the hub: what they hold moves by itself. */
export interface Simulators {
  /** Waits until they run, tells them where the hub is, and gives the demo's merchant an integration with each. */
  connect(services: Services, hubUrl: string): Promise<void>;
}

type DemoConnector = Connector & { demo: DemoIntegration };

const hasDemo = (connector: Connector): connector is DemoConnector => connector.demo !== undefined;

/** They come up, all in one process, while the database does. */
export function startSimulators(
  { dataDir, filesRoot, switchedOff }: Config,
  onStop: (stop: () => unknown) => void,
): Simulators {
  const keys = { apiKey: keepSecret(dataDir, 'demo-api-key'), apiSecret: keepSecret(dataDir, 'demo-api-secret') };
  const systems = connectors.filter(hasDemo);
  const spawned = spawnSimulators(
    systems.map(({ name }) => ({
      module: name,
      options: {
        ...keys,
        lifecycle: true,
        stateFile: join(dataDir, `${name}-simulator.json`),
        filesRoot: merchantFolder(filesRoot, DEMO_MERCHANT),
      },
    })),
  );
  // Who connects hears of a failure; until then nobody listens.
  spawned.catch(() => {});
  onStop(async () => (await spawned.catch(() => []))[0]?.stop());
  const setUp = async ({ name, demo }: DemoConnector, { url, control }: SpawnedSimulator, hub: Place) => {
    if (demo.webhookPath !== null) await control.configure({ webhookUrl: hub.url + demo.webhookPath });
    const files = join(dataDir, name);
    mkdirSync(files, { recursive: true });
    const settings = demo.settings({ url, dataDir: files, merchantId: DEMO_MERCHANT });
    await setUpDemo(hub.services, { connector: name, credentials: demo.credentials(keys), settings });
    hub.services.log.info({ connector: name, url }, 'simulator runs');
  };
  return {
    async connect(services, url) {
      const running = await spawned;
      for (const [index, simulator] of running.entries())
        await setUp(systems[index] as DemoConnector, simulator, { services, url });
      await switchOff(services, switchedOff);
    },
  };
}

interface Place {
  services: Services;
  url: string;
}
