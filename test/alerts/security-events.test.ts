import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';

/** More than the other tests ask for, however long they wait. */
const PER_MINUTE = 2_000;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ env: { REQUESTS_PER_MINUTE: String(PER_MINUTE) } });
});
afterAll(() => hub.stop());

const FIGURES = '{ metrics { securityEvents { kind count } } }';

async function counted(): Promise<Record<string, number>> {
  const { metrics } = await hub.admin.ask<{ metrics: { securityEvents: { kind: string; count: number }[] } }>(FIGURES);
  return Object.fromEntries(metrics.securityEvents.map(({ kind, count }) => [kind, count]));
}

it('G17 counts failed sign-ins, rejected signatures and refused rights, in the schema and for Prometheus', async () => {
  const viewer = await hub.as({ role: 'viewer', sub: 'curious' });
  const before = await counted();

  for (let n = 0; n < 3; n++)
    await fetch(`${hub.url}/api/integrations`, { headers: { authorization: 'Bearer not-a-token' } });
  await fetch(`${hub.url}/api/v1/b2b/webhooks/b2b`, {
    method: 'POST',
    headers: { 'x-b2b-signature': '00' },
    body: '{}',
  });
  await viewer.graphql('{ auditLog { nodes { id } } }');
  await viewer.ask('mutation { runJob(name: "check-health") { userErrors { code } } }');
  const rest = await viewer.rest('GET', '/api/v1/b2b/sync/statistics');
  const after = await counted();
  const { body } = await hub.admin.rest('GET', '/metrics');

  expect(rest.status).toBe(403);
  expect(before).toEqual({ SIGN_IN_FAILED: 0, SIGNATURE_REJECTED: 0, RIGHT_REFUSED: 0, CALLER_LIMITED: 0 });
  expect(after).toEqual({ SIGN_IN_FAILED: 3, SIGNATURE_REJECTED: 1, RIGHT_REFUSED: 3, CALLER_LIMITED: 0 });
  expect(body).toMatch(/^syncline_security_events_total\{kind="SIGN_IN_FAILED"\} 3$/m);
  expect(body).toMatch(/^syncline_security_events_total\{kind="RIGHT_REFUSED"\} 3$/m);
});

it('G17 shows them to nobody who has only one merchant', async () => {
  const limited = await hub.as({ role: 'admin', merchantId: MERCHANT });

  expect(await limited.ask(FIGURES)).toEqual({ metrics: { securityEvents: null } });
});

it('G13 G17 rings when they burst, by a rule that is data, and ends when the rule allows them', async () => {
  const rule = (limits: string) =>
    hub.admin.ask(
      `mutation { updateAlertRule(input: { id: "security-events", ${limits} }) { userErrors { message } } }`,
    );
  const alert = (isWanted: (one: { closedAt: string | null } | undefined) => boolean) =>
    eventually(async () => {
      await hub.admin.ask('mutation { runJob(name: "evaluate-alerts") { userErrors { code } } }');
      const { alerts } = await hub.admin.ask<{ alerts: { kind: string; message: string; closedAt: string | null }[] }>(
        '{ alerts { kind message closedAt integration { id } } }',
      );
      return alerts.find(({ kind }) => kind === 'SECURITY_EVENTS');
    }, isWanted);

  await rule('threshold: 5, clearThreshold: 5');
  const opened = await alert((one) => one !== undefined);
  await rule('threshold: 100, clearThreshold: 50');
  const closed = await alert((one) => one?.closedAt !== null);

  expect(opened).toMatchObject({ integration: null, closedAt: null });
  expect(opened?.message).toMatch(/^The hub: the number of failed sign-ins, .* is 7, above the limit of 5\.$/);
  expect(closed?.message).toBe(opened?.message);
});

it('G16 G17 counts callers that ask too often', async () => {
  // The minute that is counted began at some request before, and may end in between.
  const ask = async () => {
    const answer = await fetch(`${hub.url}/nothing`);
    await answer.arrayBuffer();
    return answer.status;
  };
  for (let isLimited = false; !isLimited; )
    isLimited = (await Promise.all(Array.from({ length: 50 }, ask))).includes(429);

  const { body } = await hub.admin.rest('GET', '/metrics');

  expect(body).toMatch(/^syncline_security_events_total\{kind="CALLER_LIMITED"\} [1-9]/m);
});
