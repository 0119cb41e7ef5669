import pg from 'pg';
import { connectionOptions } from './connection-options.js';

/**
 * Does work that takes long on a connection of its own; `settings`: more of PostgreSQL's, as `-c name=value`. Rejects as the
 * work does.
 */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>, settings = ''): Promise<T> {
  const client = new pg.Client(connectionOptions(url, settings));
  // Whoever waits for a statement hears of it; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
