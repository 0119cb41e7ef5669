import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { awaitOutsidePostgres } from '../../src/db/outside-postgres.js';

const server = () => new URL(process.env['TEST_POSTGRES_URL'] ?? '');

it('takes a server that is recent enough', async () => {
  await expect(awaitOutsidePostgres(server().href, 0)).resolves.toBeUndefined();
});

it('says what is wrong with the address, the user or the database, without the password', async () => {
  const nobody = server();
  nobody.password = 'wr0ng';
  const nothing = server();
  nothing.pathname = '/nothing';
  const nowhere = server();
  nowhere.port = '1';

  await expect(awaitOutsidePostgres(nobody.href, 0)).rejects.toThrow(/postgres\): User or password is wrong\.$/);
  await expect(awaitOutsidePostgres(nothing.href, 0)).rejects.toThrow(/nothing\): Create that database first\.$/);
  await expect(awaitOutsidePostgres(nowhere.href, 0)).rejects.toThrow(
    /127\.0\.0\.1:1\/postgres\): Nothing listens there\.$/,
  );
});

it('asks for nothing that PostgreSQL has only since version 18', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

  const newer = files.filter((name) =>
    /\breturning\b[^`;)]*\b(old|new)\.\w|\buuidv7\(\)/i.test(readFileSync(join('src', name), 'utf8')),
  );

  expect(files.length).toBeGreaterThan(300);
  expect(newer).toEqual([]);
});
