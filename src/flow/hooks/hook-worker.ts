import { parentPort, workerData } from 'node:worker_threads';
import type { HookTask } from './notice.js';

/** The thread in which custom code runs: loads the modules, then answers each task with what went wrong in it. */
type Hooks = Record<string, unknown>;

const modules = workerData as string[];
const loaded = await Promise.allSettled(modules.map((module) => import(module) as Promise<Hooks>));
const unloadable = loaded.flatMap((one, index) =>
  one.status === 'rejected' ? [`${modules[index]} cannot be loaded: ${String(one.reason)}`] : [],
);

parentPort?.on('message', async ({ name, notice }: HookTask) => {
  const called = await Promise.allSettled(
    loaded.map(async (one) => {
      const hook = one.status === 'fulfilled' ? one.value[name] : undefined;
      if (typeof hook === 'function') await hook(JSON.parse(notice));
    }),
  );
  const problems = called.flatMap((one, index) =>
    one.status === 'rejected' ? [`${modules[index]} ${name}: ${String(one.reason)}`] : [],
  );
  parentPort?.postMessage([...unloadable.splice(0), ...problems]);
});
