import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { startTestHub, type TestHub } from '../harness/hub.js';

const PER_MINUTE = 20;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { REQUESTS_PER_MINUTE: String(PER_MINUTE) } });
});
afterAll(() => hub.stop());

it('G16 counts operations on one socket as it counts requests', async () => {
  const client = await hub.as({ sub: 'hasty' });
  const socket = client.socket();
  const open = socket.iterate({ query: 'subscription { changes { cursor } }' });
  void open.next().catch(() => {});
  const codes: unknown[] = [];

  for (let i = 0; i < PER_MINUTE; i++) codes.push(await codeOf(socket, '{ __typename }'));
  await socket.dispose();

  expect(codes.filter((code) => code === 'OK').length).toBeGreaterThan(PER_MINUTE / 2);
  expect(codes.at(-1)).toBe('RATE_LIMITED');
});

async function codeOf(socket: Client, query: string): Promise<unknown> {
  try {
    await socket.iterate({ query }).next();
    return 'OK';
  } catch (refused) {
    return (refused as { extensions: { code: string } }[])[0]?.extensions.code;
  }
}
