import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { notify } from '../../src/notify/notify.js';
import { eventually } from '../harness/eventually.js';
import { MERCHANT, startTestHub, type TestHub } from '../harness/hub.js';
import { createOrder, idOf, orderInput } from './order-client.js';

const EXECUTABLE = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const isInstalled = existsSync(EXECUTABLE);
const inBrowser = isInstalled ? it : it.skip;
const WITHOUT = isInstalled ? '' : ` (skipped: no Chromium at ${EXECUTABLE}; set CHROMIUM_PATH)`;
/** The first page of a cold browser, GraphiQL's editor above all, takes its time on a busy machine. */
const PATIENCE_MS = 60_000;

let hub: TestHub;
let browser: Browser | undefined;
beforeAll(async () => {
  if (!isInstalled) return;
  hub = await startTestHub();
  browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}, PATIENCE_MS);
afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

interface Opened {
  page: Page;
  /** Hosts that the page asked for anything, sockets included. */
  hosts: Set<string>;
  /** What went wrong in the page. */
  problems: string[];
}

async function open(path: string): Promise<Opened> {
  if (!browser) throw new Error('The browser was not started');
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const hosts = new Set<string>();
  const problems: string[] = [];
  const note = (url: string) => void (/^(http|ws)/.test(url) && hosts.add(new URL(url).host));
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  await page.goto(hub.url + path);
  return { page, hosts, problems };
}

const ownHost = () => new Set([new URL(hub.url).host]);

/** A text of a page as soon as it holds this. */
const shows = (page: Page, selector: string, text: string) =>
  page.locator(selector).filter({ hasText: text }).first().waitFor();

inBrowser(
  `H3 H8 the first page sends a sample order and shows what becomes of it, live${WITHOUT}`,
  async () => {
    const { page, hosts, problems } = await open('/');
    await shows(page, '#connection', 'live');
    await shows(page, '#integrations', 'b2b-portal');

    await page.click('#send');
    await shows(page, 'table', 'order.synced');

    const { orders } = await hub.admin.ask<{ orders: { totalCount: number } }>('{ orders { totalCount } }');
    expect(orders.totalCount).toBe(1);
    expect(hosts).toEqual(ownHost());
    expect(problems).toEqual([]);
    await page.close();
  },
  PATIENCE_MS,
);

inBrowser(
  `E13 the outbox shows what people were told${WITHOUT}`,
  async () => {
    await hub.db.transaction((tx) =>
      notify(tx, {
        ...{
          kind: 'order.shipped',
          merchantId: MERCHANT,
          dedupKey: 'order.shipped:1',
          recipients: ['ayse@example.com'],
        },
        ...{ subject: 'Your order N-1 is on its way', text: 'Its tracking number: <b>1Z</b>.' },
      }),
    );

    const { page, hosts, problems } = await open('/outbox');
    await shows(page, '#messages', 'is on its way');
    await page.click('summary');

    expect(await page.locator('#messages tr').textContent()).toContain('ayse@example.com');
    expect(await page.locator('#messages details p').textContent()).toBe('Its tracking number: <b>1Z</b>.');
    expect(hosts).toEqual(ownHost());
    expect(problems).toEqual([]);
    await page.close();
  },
  PATIENCE_MS,
);

inBrowser(
  `G26 /docs shows the REST addresses, and asks no other host for anything${WITHOUT}`,
  async () => {
    const { page, hosts, problems } = await open('/docs');
    await shows(page, 'body', 'Whether the process answers');

    expect(hosts).toEqual(ownHost());
    expect(problems).toEqual([]);
    await page.close();
  },
  PATIENCE_MS,
);

/** In the page: an element by its id, else by its words. */
const NAMED = `(one) => one.id || one.textContent`;

/** Everything on the page that a person can do something with. */
const usable = (page: Page) =>
  page.evaluate<string[]>(`[...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((one) => one.checkVisibility() && !one.matches(':disabled')).map(${NAMED})`);

/** What has the focus, and whether that can be seen; null: nothing of the page. */
const focusOf = (page: Page) =>
  page.evaluate<{ name: string; isSeen: boolean } | null>(`(() => {
    const one = document.activeElement;
    if (one === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const { top, bottom } = one.getBoundingClientRect();
    const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && bottom > 0 && top < innerHeight;
    return { name: (${NAMED})(one), isSeen };
  })()`);

const MOST_TABS = 60;

/** Goes through the page by Tab alone; answers what had the focus, in its order. */
async function tabThrough(page: Page): Promise<{ name: string; isSeen: boolean }[]> {
  const reached: { name: string; isSeen: boolean }[] = [];
  while (reached.length < MOST_TABS) {
    await page.keyboard.press('Tab');
    const focused = await focusOf(page);
    if (focused === null || focused.name === reached[0]?.name) return reached;
    reached.push(focused);
  }
  throw new Error(`The focus does not come out of the page: ${JSON.stringify(reached.slice(-5))}`);
}

/** Presses Tab until the element of this name has the focus, then Enter. */
async function enterAt(page: Page, name: string): Promise<void> {
  for (let n = 0; n < MOST_TABS; n++) {
    await page.keyboard.press('Tab');
    if ((await focusOf(page))?.name === name) return page.keyboard.press('Enter');
  }
  throw new Error(`The keyboard does not come to ${name}`);
}

inBrowser(
  `H8 E13 the first page and the outbox are used by the keyboard alone, and show where the focus is${WITHOUT}`,
  async () => {
    await hub.db.transaction((tx) =>
      notify(tx, {
        ...{ kind: 'order.shipped', merchantId: MERCHANT, dedupKey: 'by keyboard', recipients: ['can@example.com'] },
        ...{ subject: 'Read by keyboard', text: 'Opened by Enter.' },
      }),
    );
    const { page, problems } = await open('/');
    await shows(page, '#connection', 'live');
    const { orders: before } = await hub.admin.ask<{ orders: { totalCount: number } }>('{ orders { totalCount } }');

    const first = { usable: await usable(page), reached: await tabThrough(page) };
    await enterAt(page, 'send');
    const after = await eventually(
      async () => (await hub.admin.ask<{ orders: { totalCount: number } }>('{ orders { totalCount } }')).orders,
      ({ totalCount }) => totalCount > before.totalCount,
    );
    await page.reload();
    await enterAt(page, 'Outbox');
    await shows(page, '#messages', 'Read by keyboard');
    const second = { usable: await usable(page), reached: await tabThrough(page) };
    await page.reload();
    await shows(page, '#messages', 'Read by keyboard');
    await enterAt(page, 'Read by keyboard');
    await page.locator('#messages details[open] p').first().waitFor();

    for (const { usable: wanted, reached } of [first, second]) {
      expect(reached.map(({ name }) => name).sort()).toEqual([...wanted].sort());
      expect(reached.filter(({ isSeen }) => !isSeen)).toEqual([]);
      expect(wanted.length).toBeGreaterThanOrEqual(2);
    }
    expect(after.totalCount).toBe(before.totalCount + 1);
    expect(problems).toEqual([]);
    await page.close();
  },
  PATIENCE_MS,
);

/** Runs one of the operations that GraphiQL begins with; its button has a menu once they are read and none runs. */
async function runInGraphiql(page: Page, operation: string): Promise<void> {
  await page.click('.graphiql-execute-button[aria-haspopup="menu"]');
  await page.getByRole('menuitem', { name: operation }).click();
}

inBrowser(
  `H7 GraphiQL runs a query and a subscription, and asks no other host for anything${WITHOUT}`,
  async () => {
    const { page, hosts, problems } = await open('/graphiql');
    await idOf(createOrder(hub.admin, orderInput({ number: 'IN-GRAPHIQL' })));
    await runInGraphiql(page, 'LatestOrders');
    await shows(page, '.result-window', 'IN-GRAPHIQL');

    await runInGraphiql(page, 'LiveChanges');
    const answer = await eventually(
      async () => {
        await idOf(createOrder(hub.admin, orderInput()));
        return (await page.locator('.result-window').textContent()) ?? '';
      },
      (text) => text.includes('integrationId'),
    );

    expect(answer).toMatch(/order\.(created|synced)|sync_event\.status_changed/);
    expect(hosts).toEqual(ownHost());
    expect(problems).toEqual([]);
    await page.close();
  },
  2 * PATIENCE_MS,
);

const WAITING = '{ syncEvents(filter: { status: [PENDING, IN_PROGRESS, RETRYING] }) { totalCount } }';
const waiting = async () =>
  (await hub.admin.ask<{ syncEvents: { totalCount: number } }>(WAITING)).syncEvents.totalCount;

inBrowser(
  `G20 N1 the first page shows what failed for good, with a link to what mends it${WITHOUT}`,
  async () => {
    // The creates of the tests before would take the one failure.
    await eventually(waiting, (count) => count === 0);
    await hub.portal.control.addFault({
      ...{ kind: 'status', status: 422, method: 'POST', count: 1 },
      message: 'The SKU X is unknown',
    });
    const id = await idOf(createOrder(hub.admin, orderInput()));

    const { page, problems } = await open('/');
    const line = page.locator('#dead tr').filter({ hasText: id });
    await line.filter({ hasText: 'The SKU X is unknown' }).waitFor();
    const href = (await line.locator('a').getAttribute('href')) ?? '';
    const query = new URL(href, hub.url).searchParams.get('query') ?? '';
    const { data, errors } = await hub.admin.graphql(query);

    await hub.admin.ask('mutation { redriveSyncEvents(filter: { status: [FAILED] }) { affected } }');
    await page.locator('#stuck').waitFor({ state: 'hidden' });

    expect(errors).toEqual([]);
    expect(data).toMatchObject({ order: { blockers: [{ code: 'DEAD_LETTER' }, { mutation: 'updateOrder' }] } });
    expect(query).toContain(id);
    expect(problems).toEqual([]);
    await page.close();
  },
  PATIENCE_MS,
);

inBrowser(
  `G13 the first page says what is wrong and what to do, as soon as a circuit opens${WITHOUT}`,
  async () => {
    const { page, problems } = await open('/');
    await shows(page, '#connection', 'live');
    await hub.portal.control.addFault({ kind: 'status', status: 503, method: 'POST', path: '/orders', count: null });

    for (let n = 0; n < 8; n++) await idOf(createOrder(hub.admin, orderInput()));
    await shows(page, '#alerts', '503');

    expect(await page.locator('#alerts tr').filter({ hasText: '503' }).first().textContent()).toContain('nobody yet');
    expect(problems).toEqual([]);
    await page.close();
  },
  PATIENCE_MS,
);
