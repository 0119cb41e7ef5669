import pg from 'pg';

/** Advisory locks of the hubs that use one embedded server: each holds PRESENT shared; stopping is done one at a time. */
const PRESENT = 4_715_001;
const STOPPING = 4_715_002;

/** A session by which one hub shows that it uses the server. */
export interface Occupancy {
  /** Settles when the session has ended, however. */
  ended: Promise<void>;
  /** Gives the place up. True: it was the last one, no other hub can enter, and the server is to be stopped. */
  leave(): Promise<boolean>;
}

/** @throws the driver's error when the server is going down */
export async function enter(url: string): Promise<Occupancy> {
  const client = new pg.Client({ connectionString: url, application_name: 'syncline presence', keepAlive: true });
  const ended = new Promise<void>((resolve) => {
    client.once('end', resolve);
    client.on('error', () => resolve());
  });
  await client.connect();
  await client.query(`select pg_advisory_lock_shared(${PRESENT})`);
  (client as unknown as { unref(): void }).unref();
  return { ended, leave: () => leave(client) };
}

async function leave(client: pg.Client): Promise<boolean> {
  (client as unknown as { ref(): void }).ref();
  await client.query(`select pg_advisory_lock(${STOPPING})`);
  const { rows } = await client.query(`select pg_try_advisory_lock(${PRESENT}) as last`);
  if (rows[0].last) return true;
  await client.query(`select pg_advisory_unlock_shared(${PRESENT})`);
  await client.end();
  return false;
}
