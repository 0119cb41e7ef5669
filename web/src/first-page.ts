import type { FormattedExecutionResult } from 'graphql';
import { authorization, connect, request, signIn, signOut } from './session.ts';

interface Overview {
  connectorHealth: {
    integration: { id: string; name: string; connector: string };
    health: string;
    circuit: string;
    queueDepth: number;
    lastError: string | null;
  }[];
  syncStatistics: { entityType: string; pending: number; success: number; failed: number; retrying: number }[];
  integrations: { merchantId: string }[];
  alerts: {
    severity: string;
    message: string;
    advice: string;
    link: string | null;
    openedAt: string;
    acknowledgedBy: string | null;
  }[];
  syncEvents: { totalCount: number; nodes: DeadLetter[] };
}

interface DeadLetter {
  id: string;
  entityType: string;
  entityId: string;
  errorCode: string | null;
  errorMessage: string | null;
  processedAt: string | null;
  integration: { name: string };
}

interface Change {
  cursor: string;
  at: string;
  kind: string;
  entityType: string;
  entityId: string;
  integrationId: string | null;
}

const OVERVIEW = `query FirstPage {
  connectorHealth { integration { id name connector } health circuit queueDepth lastError }
  syncStatistics { entityType pending success failed retrying }
  integrations { merchantId }
  alerts(open: true) { severity message advice link openedAt acknowledgedBy }
  syncEvents(filter: { status: [FAILED] }, first: 10) {
    totalCount nodes { id entityType entityId errorCode errorMessage processedAt integration { name } }
  }
}`;
/** Why an order is stuck and what mends it; of anything else, what was tried. */
const LOOK = (one: DeadLetter) => `{${one.entityType === 'ORDER' ? ORDER(one.entityId) : ''}
  syncEvent(id: "${one.id}") { status attempts { startedAt outcome httpStatus errorMessage request response } }
}`;
const ORDER = (id: string) => `
  order(id: "${id}") {
    number status
    blockers { code message nextStep nextAt mutation variables }
    timeline(last: 20) { nodes { at title outcome } }
  }`;
const CHANGES = `subscription LiveChanges($after: Cursor) {
  changes(after: $after) { cursor at kind entityType entityId integrationId }
}`;
const SEND = `mutation SendSampleOrder($input: CreateOrderInput!) {
  createOrder(input: $input) { order { number } userErrors { message } }
}`;
const ROWS_KEPT = 100;

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

/** Text only: nothing that an upstream sent is ever read as markup. */
function row(cells: string[], className = ''): HTMLTableRowElement {
  const line = document.createElement('tr');
  line.className = className;
  for (const cell of cells) line.insertCell().textContent = cell;
  return line;
}

function card(health: Overview['connectorHealth'][number]): HTMLElement {
  const box = document.createElement('article');
  box.className = `card ${health.health.toLowerCase()}`;
  const title = document.createElement('h3');
  title.textContent = health.integration.name;
  const text = document.createElement('p');
  const { name, connector } = health.integration;
  const words = [
    ...(connector === name ? [] : [connector]),
    health.health.toLowerCase(),
    `${health.queueDepth} waiting`,
  ];
  text.textContent = words.join(' · ');
  box.append(title, text);
  if (health.circuit !== 'CLOSED' || health.lastError) {
    const error = document.createElement('p');
    error.textContent = [health.circuit === 'CLOSED' ? '' : `circuit ${health.circuit}`, health.lastError ?? '']
      .filter(Boolean)
      .join(': ');
    box.append(error);
  }
  return box;
}

function alertRow({ severity, message, advice, link, openedAt, acknowledgedBy }: Overview['alerts'][number]) {
  const since = openedAt.slice(0, 19).replace('T', ' ');
  const line = row([since, severity.toLowerCase(), message, advice, acknowledgedBy ?? 'nobody yet']);
  if (link) line.cells[3]?.append(' ', anchor(link, 'More'));
  return line;
}

function deadRow(one: DeadLetter): HTMLTableRowElement {
  const since = (one.processedAt ?? '').slice(0, 19).replace('T', ' ');
  const why = [one.errorCode, one.errorMessage].filter(Boolean).join(': ');
  const line = row([since, `${one.entityType} ${one.entityId}`, one.integration.name, why]);
  line.cells[3]?.append(' ', anchor(`/graphiql?query=${encodeURIComponent(LOOK(one))}`, 'What mends it'));
  return line;
}

function anchor(href: string, text: string): HTMLAnchorElement {
  const link = document.createElement('a');
  link.href = href;
  link.textContent = text;
  return link;
}

let merchantId = 'demo';

async function refresh(): Promise<void> {
  try {
    const overview = await request<Overview>(OVERVIEW);
    merchantId = overview.integrations[0]?.merchantId ?? merchantId;
    element('integrations').replaceChildren(...overview.connectorHealth.map(card));
    element('statistics').replaceChildren(
      ...overview.syncStatistics.map((line) =>
        row([line.entityType, ...[line.pending, line.retrying, line.success, line.failed].map(String)]),
      ),
    );
    element('alerts').replaceChildren(...overview.alerts.map(alertRow));
    const { totalCount, nodes } = overview.syncEvents;
    element('dead-letters').textContent =
      totalCount > nodes.length ? `Failed for good: the newest ${nodes.length} of ${totalCount}` : 'Failed for good';
    element('dead').replaceChildren(...nodes.map(deadRow));
    element('stuck').hidden = totalCount === 0;
    element('attention').hidden = overview.alerts.length === 0;
    element('problem').hidden = true;
  } catch (error) {
    const problem = element('problem');
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  }
}

let refreshIsDue = false;

function show(change: Change): void {
  const table = element<HTMLTableSectionElement>('changes');
  table.prepend(
    row([change.at.slice(11, 23), change.kind, `${change.entityType} ${change.entityId}`, change.integrationId ?? '']),
  );
  while (table.rows.length > ROWS_KEPT) table.deleteRow(-1);
  if (refreshIsDue) return;
  refreshIsDue = true;
  setTimeout(() => {
    refreshIsDue = false;
    void refresh();
  }, 500);
}

/** Follows the feed; after a lost connection it goes on behind the last change that was shown. */
async function follow(): Promise<void> {
  const state = (text: string) => {
    element('connection').textContent = text;
  };
  const client = connect({ connected: () => state('live'), closed: () => state('reconnecting') });
  let after: string | null = null;
  for (;;) {
    try {
      const subscription: AsyncIterable<FormattedExecutionResult<{ changes: Change }>> = client.iterate({
        query: CHANGES,
        variables: { after },
      });
      for await (const { data } of subscription) {
        if (!data) continue;
        after = data.changes.cursor;
        show(data.changes);
      }
    } catch (error) {
      state('reconnecting');
      // Only the server's own refusals are a list: the cursor is too old to go on from, so begin anew.
      if (Array.isArray(error)) after = null;
      void refresh();
    }
    await new Promise((resume) => setTimeout(resume, 1000));
  }
}

function sampleOrder(): Record<string, unknown> {
  const number = `WEB-${Date.now().toString(36).toUpperCase()}`;
  return {
    number,
    merchantId,
    currency: 'EUR',
    customer: { name: 'Ayşe Yılmaz', email: 'ayse@example.com' },
    lines: [
      { sku: 'MUG-01', name: 'Mug', quantity: 2, unitPrice: '9.99' },
      { sku: 'TEA-07', name: 'Black tea 500 g', quantity: 1, unitPrice: '14.50' },
    ],
    shippingAddress: { name: 'Ayşe Yılmaz', line1: 'İstiklal Caddesi 1', city: 'İstanbul', country: 'TR' },
  };
}

async function send(): Promise<void> {
  const said = element('sent');
  try {
    const { createOrder } = await request<{
      createOrder: { order: { number: string } | null; userErrors: { message: string }[] };
    }>(SEND, { input: sampleOrder() });
    said.textContent = createOrder.order
      ? `${createOrder.order.number} is on its way.`
      : (createOrder.userErrors[0]?.message ?? 'Refused.');
  } catch (error) {
    said.textContent = error instanceof Error ? error.message : String(error);
  }
}

async function start(): Promise<void> {
  element('send').addEventListener('click', () => void send());
  element<HTMLFormElement>('sign-in').addEventListener('submit', (event) => {
    event.preventDefault();
    signOut();
    signIn(element<HTMLInputElement>('token').value);
    location.reload();
  });
  if (!(await authorization())) {
    element('sign-in').hidden = false;
    return;
  }
  await refresh();
  void follow();
}

void start();
