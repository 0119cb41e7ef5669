import { expect, it } from '@jest/globals';
import fastify from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Caller } from '../../src/access/caller.js';
import { createSharedCounts } from '../../src/access/shared-counts.js';
import { HubError } from '../../src/errors.js';
import { createCallerLimits } from '../../src/http/caller-limits.js';
import { createTestDatabase } from '../harness/database.js';

async function listen(perMinute: number) {
  const app = fastify();
  createCallerLimits(perMinute, null).register(app);
  app.setErrorHandler((error, _, reply) =>
    reply.code(error instanceof HubError ? 429 : 500).send({ code: (error as HubError).code }),
  );
  app.get('/orders', async () => 'orders');
  app.get('/livez', async () => 'alive');
  const url = await app.listen({ port: 0 });
  return { app, get: (path: string) => fetch(url + path) };
}

it('G16 tells callers what is left, and refuses one request too many with the time to wait', async () => {
  const { app, get } = await listen(3);

  const answers = [];
  for (let request = 1; request <= 4; request += 1) answers.push(await get('/orders'));

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(answers.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual(['2', '1', '0', '0']);
  expect(answers[0]?.headers.get('ratelimit-limit')).toBe('3');
  expect(answers[0]?.headers.get('retry-after')).toBeNull();
  const wait = Number(answers[3]?.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
  await app.close();
});

it('G16 always answers whether the hub is alive', async () => {
  const { app, get } = await listen(1);
  await get('/orders');

  const [refused, alive] = [await get('/orders'), await get('/livez')];

  expect([refused.status, alive.status]).toEqual([429, 200]);
  await app.close();
});

it('G16 counts callers apart from each other', async () => {
  const limits = createCallerLimits(2, null);
  const caller = (subject: string): Caller => ({
    subject,
    role: 'viewer',
    merchantId: null,
    permissions: [],
    via: 'jwt',
    expiresAt: null,
  });
  await limits.take(caller('ada'));
  await limits.take(caller('ada'));

  const third = limits.take(caller('ada'));

  await expect(third).rejects.toEqual(
    expect.objectContaining({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) }),
  );
  await expect(limits.take(caller('bob'))).resolves.toBeUndefined();
});

it('G16 counts what a caller asks of all processes of the hub', async () => {
  const db = await createTestDatabase();
  const counts = () => createSharedCounts('test', new RateLimiterMemory({ points: 5, duration: 60 }));
  const [one, other] = [counts(), counts()];
  for (let point = 1; point <= 4; point += 1) await one.take('ada');
  await one.settle(db.pool);

  const fifth = await other.take('ada');
  await other.settle(db.pool);
  const sixth = await other.take('ada');
  const another = await other.take('bob');

  await one.take('ada');
  await one.settle(db.pool);
  await db.drop();
  expect([fifth, sixth, another].map(({ allowed }) => allowed)).toEqual([true, false, true]);
  expect((await one.take('ada')).allowed).toBe(false);
});

it('G16 goes on counting while the database is away', async () => {
  const db = await createTestDatabase();
  const counts = createSharedCounts('test', new RateLimiterMemory({ points: 2, duration: 60 }));
  await db.drop();
  await counts.take('ada');
  await counts.settle(db.pool);
  await counts.take('ada');

  const third = await counts.take('ada');

  expect(third).toMatchObject({ allowed: false, remaining: 0 });
});
