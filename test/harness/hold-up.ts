import pg from 'pg';

/** Runs a statement whose locks hold up the hub's work where it meets them; answers what lets it go on. */
export async function holdUp(databaseUrl: string, statement: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query(statement);
  return async () => {
    await client.query('rollback');
    await client.end();
  };
}
