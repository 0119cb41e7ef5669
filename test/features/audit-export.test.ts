import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, orderInput } from './order-client.js';

let hub: TestHub;
let orderId: string;
beforeAll(async () => {
  hub = await startTestHub();
  orderId = await idOf(createOrder(hub.admin, orderInput()));
});
afterAll(() => hub.stop());

const PATH = '/api/audit/export';

async function ask(query: string, claims = {}): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(`${hub.url}${PATH}?${query}`, { headers: { authorization: await hub.bearer(claims) } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function download(query: string): Promise<{ headers: Headers; text: string }> {
  const answer = await ask(query);
  expect(answer.status).toBe(200);
  return answer;
}

const rowsOf = (text: string) => parse(text, { columns: true }) as Record<string, string>[];

it('G17 F18 gives the audit log as CSV, in which nothing is a formula', async () => {
  const evil = await hub.as({ sub: '=HYPERLINK("http://evil")', role: 'viewer' });
  await evil.ask('mutation { updateOrderStatus(input: { id: "+1\\"2,3", status: PAID }) { userErrors { code } } }');
  const who = encodeURIComponent('=HYPERLINK("http://evil")');

  const { headers, text } = await download(`outcome=REFUSED&actor=${who}`);
  const done = await download(`outcome=OK&actor=${who}`);

  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
  const [row, ...more] = rowsOf(text);
  expect(more).toEqual([]);
  expect(rowsOf(done.text)).toEqual([]);
  expect(row).toMatchObject({
    actor: `'=HYPERLINK("http://evil")`,
    actorRole: 'viewer',
    action: 'order.update_status',
    outcome: 'REFUSED',
    entityType: 'ORDER',
    entityId: `'+1"2,3`,
  });
  expect(JSON.parse(row?.['details'] ?? '')).toMatchObject({ code: 'FORBIDDEN' });
});

it('G17 gives it as lines of JSON, by entity and by time, and writes down who took it', async () => {
  const { auditLog } = await hub.admin.ask<{ auditLog: { nodes: { at: string }[] } }>(
    `{ auditLog(filter: { entityType: "ORDER", entityId: "${orderId}" }) { nodes { id at actor action details } } }`,
  );
  const at = Date.parse(auditLog.nodes[0]?.at ?? '');
  const around = (ms: number) => encodeURIComponent(new Date(at + ms).toISOString());

  const { headers, text } = await download(`format=ndjson&entityType=ORDER&entityId=${orderId}`);
  const inTime = await download(`format=ndjson&action=order.create&from=${around(-1000)}&to=${around(1000)}`);
  const tooEarly = await download(`format=ndjson&action=order.create&to=${around(-1000)}`);

  expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  ).toMatchObject(auditLog.nodes);
  expect(auditLog.nodes).toHaveLength(1);
  expect([inTime.text.split('\n').length, tooEarly.text]).toEqual([2, '']);
  const [taken] = rowsOf((await download('action=audit.export&actor=tester')).text);
  expect(JSON.parse(taken?.['details'] ?? '')).toMatchObject({ format: 'ndjson', action: 'order.create' });
});

it('G17 F18 streams every entry once, whatever is written meanwhile', async () => {
  const write = (actor: string, count: number) =>
    hub.db.pool.query(
      `insert into audit_entries (actor, action, outcome) select $1, 'test.many', 'OK' from generate_series(1, $2)`,
      [actor, count],
    );
  await write('many', 5_000);
  const response = await fetch(`${hub.url}${PATH}?format=ndjson&action=test.many`, {
    headers: { authorization: await hub.bearer({}) },
  });
  const ids: string[] = [];

  let rest = '';
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    if (ids.length === 0) await write('later', 10);
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) ids.push((JSON.parse(line) as { id: string }).id);
  }

  expect(response.headers.get('content-length')).toBeNull();
  expect(ids).toHaveLength(5_000);
  expect(new Set(ids).size).toBe(5_000);
});

it('G17 gives it to admins, and to those of one merchant what is theirs', async () => {
  const query = `format=ndjson&entityId=${orderId}`;

  const [refused, hidden, shown, wrong] = await Promise.all([
    ask(query, { role: 'operator' }),
    ask(query, { merchantId: 'merchant-2' }),
    ask(query, { merchantId: MERCHANT }),
    ask('format=xml'),
  ]);

  expect([refused.status, JSON.parse(refused.text)]).toMatchObject([403, { success: false, code: 'FORBIDDEN' }]);
  expect([hidden.status, hidden.text]).toEqual([200, '']);
  expect(shown.text).toContain(orderId);
  expect([wrong.status, JSON.parse(wrong.text)]).toMatchObject([400, { code: 'BAD_USER_INPUT', field: 'format' }]);
});

interface Report {
  refused: number;
  operations: { role: string | null; action: string; done: number; refused: number; failed: number }[];
  securityEvents: { kind: string; count: number }[] | null;
  secretsRotated: Record<string, number>;
  retention: { what: string; days: number | null }[];
}

it('G17 F18 tells in figures who has done what, what was refused, and which secrets were changed', async () => {
  const from = new Date().toISOString();
  const operator = await hub.as({ role: 'operator' });
  await operator.ask('mutation { createApiKey(input: { name: "x", role: viewer }) { userErrors { code } } }');
  await operator.ask(`mutation { syncOrder(input: { id: "${orderId}", force: true }) { userErrors { code } } }`);
  await operator.ask('mutation { syncOrder(input: { id: "ord_unknown" }) { userErrors { code } } }');
  await hub.admin.ask('mutation { createApiKey(input: { name: "x", role: viewer }) { userErrors { code } } }');
  await hub.admin.ask(
    `mutation { updateIntegration(input: { id: "b2b-portal", credentials: { apiKey: "portal-key-1234567890" } }) { userErrors { code } } }`,
  );
  for (const secret of ['', ', secret: "0123456789abcdef"'])
    await hub.admin.ask(
      `mutation { registerWebhook(input: { integrationId: "b2b-portal", url: "https://x.example"${secret} }) { userErrors { code } } }`,
    );

  const { status, body } = await hub.admin.rest('GET', `/api/audit/compliance?from=${from}`);
  const { complianceReport: limited } = await (await hub.as({ role: 'admin', merchantId: 'merchant-2' })).ask<{
    complianceReport: Report;
  }>(`{ complianceReport(from: "${from}") { refused operations { action } securityEvents { kind } } }`);
  const viewer = await (await hub.as({ role: 'viewer' })).graphql('{ complianceReport { refused } }');
  const ancient = await hub.admin.rest('GET', '/api/audit/compliance?to=0001-01-01T00:00:00Z');

  const report = (body as { data: Report }).data;
  expect(status).toBe(200);
  expect(ancient).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
  expect(report.operations).toEqual(
    expect.arrayContaining([
      { role: 'operator', action: 'api_key.create', done: 0, refused: 1, failed: 0 },
      { role: 'admin', action: 'api_key.create', done: 1, refused: 0, failed: 0 },
      { role: 'operator', action: 'order.sync', done: 1, refused: 0, failed: 1 },
    ]),
  );
  expect(report.refused).toBe(1);
  expect(report.secretsRotated).toEqual({
    credentials: 1,
    webhookSecrets: 1,
    apiKeysMade: 1,
    apiKeysRevoked: 0,
    sealedAnew: 0,
  });
  expect(report.securityEvents?.find(({ kind }) => kind === 'RIGHT_REFUSED')?.count).toBeGreaterThan(0);
  expect(report.retention).toEqual(
    expect.arrayContaining([
      { what: 'SYNC_EVENTS', days: 90 },
      { what: 'AUDIT_ENTRIES', days: null },
    ]),
  );
  expect(limited).toEqual({ refused: 0, operations: [], securityEvents: null });
  expect(viewer.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
});
