import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';

const logger = new Logger(() => () => {});
const SETTINGS = {
  concurrentJobs: 24,
  pollInterval: 2000,
  localQueue: { size: 500, refetchDelay: { durationMs: 0 } },
};
/** As its own performance test has it, beside the local queue. */
const BATCHED = { completeJobBatchDelay: 0, failJobBatchDelay: 0 };

/**
 * Lets graphile-worker run `waiting` jobs that do nothing, from its start to its stop; answers how many it ran. Jobs are completed
 * in batches, or each by itself as soon as it is done.
 */
export async function runPeer(url: string, waiting: number, isBatched: boolean): Promise<number> {
  let done = 0;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const work = async () => {
    if (++done === waiting) finish();
  };
  const pgPool = new pg.Pool({ connectionString: url, max: 10 });
  // Connections may still be open when it says that it has stopped, and end with their database.
  pgPool.on('error', () => {});
  pgPool.on('connect', (client) => client.on('error', () => {}));
  const preset = { worker: { ...SETTINGS, ...(isBatched && BATCHED) } };
  const runner = await run({ pgPool, preset, logger, noHandleSignals: true, taskList: { work } });
  await finished;
  await runner.stop();
  await pgPool.end();
  return done;
}

/** Adds the jobs. */
export async function fillPeer(url: string, waiting: number, payload: unknown): Promise<void> {
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  await utils.migrate();
  await utils.withPgClient(async (client) => {
    await client.query(
      `select graphile_worker.add_jobs(array(select json_populate_record(null::graphile_worker.job_spec,
         json_build_object('identifier', 'work', 'payload', $2::json)) from generate_series(1, $1)))`,
      [waiting, payload],
    );
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  });
  await utils.release();
}
