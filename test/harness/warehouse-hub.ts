import { type SpawnedSimulator, spawnSimulator } from '../../src/connectors/simulator/spawn-simulator.js';
import { startTestHub, type TestHub, type TestHubOptions } from './hub.js';

/** A hub with an Extensiv beside its portal, as `EXTENSIV_*` of the environment configures it. */
export interface WarehouseHub extends TestHub {
  warehouse: SpawnedSimulator;
}

export async function startWarehouseHub({ env, ...options }: TestHubOptions = {}): Promise<WarehouseHub> {
  const keys = { apiKey: 'extensiv-client-1', apiSecret: 'extensiv-secret-1234567890' };
  const warehouse = await spawnSimulator('extensiv', keys);
  const extensiv = {
    EXTENSIV_BASE_URL: warehouse.url,
    EXTENSIV_CLIENT_ID: keys.apiKey,
    EXTENSIV_CLIENT_SECRET: keys.apiSecret,
  };
  const hub = await startTestHub({ ...options, env: { ...extensiv, ...env } });
  return {
    ...hub,
    warehouse,
    stop: async () => {
      await hub.stop();
      await warehouse.stop();
    },
  };
}
