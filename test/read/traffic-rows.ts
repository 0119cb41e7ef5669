import { Direction, Operation, SyncEventStatus, WebhookStatus } from '../../src/model/statuses.js';
import type { Random } from './random.js';
import { DOCUMENTS, INTEGRATIONS, id, merchantOf, orNull, type Row, range, TEXTS, time } from './row-values.js';

export function makeLinks(entity: Row, random: Random): Row[] {
  return integrationsOf(entity)
    .filter(() => random.chance(0.7))
    .map((integration) => ({
      merchant_id: entity['merchant_id'],
      integration_id: integration,
      entity_type: entity['$type'],
      entity_id: entity['id'],
      external_id: random.chance(0.6) ? `ext-${entity['id']}` : null,
      external_number: null,
      // SYNCING is never stored: it is PENDING while somebody holds the lane.
      state: random.pick(['PENDING', 'SYNCED', 'FAILED', 'SKIPPED']),
      synced_at: orNull(random, time(random)),
      last_error: orNull(random, random.pick(TEXTS)),
    }));
}

function integrationsOf(entity: Row): string[] {
  return entity['merchant_id'] === 'm2' ? ['int-3'] : ['b2b-portal', 'int-2'];
}

export function makeLane(n: number): Row {
  return {
    id: n + 1,
    integration_id: 'b2b-portal',
    head: 0,
    tail: n % 3,
    due: n % 3 === 0 ? null : '2026-01-01T00:00:00Z',
    owner: n % 2 === 0 ? 1 : null,
  };
}

export function makeEvent(n: number, entity: Row, random: Random): Row {
  const status = random.pick(Object.values(SyncEventStatus));
  const code = random.pick(['UPSTREAM_TIMEOUT', 'UPSTREAM_REJECTED']);
  return {
    merchant_id: entity['merchant_id'],
    integration_id: random.pick(integrationsOf(entity)),
    entity_type: entity['$type'],
    entity_id: entity['id'],
    external_id: orNull(random, `ext-${n}`),
    operation: random.pick(Object.values(Operation)),
    direction: random.pick(Object.values(Direction)),
    status,
    payload: random.pick(DOCUMENTS),
    error_code: status === 'FAILED' ? code : orNull(random, code),
    error_message: orNull(random, random.pick(TEXTS)),
    attempt_count: random.int(4),
    max_attempts: 4,
    next_attempt_at: orNull(random, time(random)),
    idempotency_key: `key-${n}`,
    created_at: time(random),
    updated_at: time(random),
    processed_at: orNull(random, time(random)),
  };
}

export function makeAttempts(event: number, random: Random): Row[] {
  const merchant = 'm1';
  return range(random.int(3)).map((n) => ({
    sync_event_id: event,
    number: n + 1,
    merchant_id: merchant,
    token: 1,
    owner: 1,
    started_at: time(random),
    duration_ms: orNull(random, random.int(900)),
    outcome: random.pick(['DELIVERED', 'RETRY', 'REJECTED']),
    request: random.pick(DOCUMENTS),
    response: random.pick(DOCUMENTS),
    http_status: orNull(random, 503),
    error_code: null,
    error_message: orNull(random, random.pick(TEXTS)),
  }));
}

export function makePull(n: number, random: Random): Row {
  return {
    id: id('pul', n),
    merchant_id: n % 4 === 3 ? 'm2' : 'm1',
    integration_id: n % 4 === 3 ? 'int-3' : 'b2b-portal',
    entity_type: random.pick(['PRODUCT', 'INVENTORY', 'ORDER']),
    sync_event_id: 1 + random.int(8),
    since: orNull(random, time(random)),
    state: random.pick(['RUNNING', 'COMPLETE', 'FAILED']),
    rows_read: random.int(1000),
    rows_changed: random.int(10),
    rows_removed: 0,
    problem_count: random.int(3),
    started_at: `2026-01-05T10:00:${String(n).padStart(2, '0')}Z`,
    updated_at: time(random),
    error_message: orNull(random, random.pick(TEXTS)),
  };
}

export function makeProblem(n: number, random: Random): Row {
  return {
    merchant_id: n % 4 === 3 ? 'm2' : 'm1',
    pull_id: id('pul', n % 20),
    sync_event_id: 1 + random.int(8),
    line: n,
    column_name: random.pick(['price', 'sku']),
    value: random.pick(TEXTS),
    rule: 'a decimal',
  };
}

export function makeWebhook(n: number, order: Row, random: Random): Row {
  return {
    id: id('whe', n),
    merchant_id: order['merchant_id'],
    integration_id: integrationsOf(order)[0],
    event_id: `evt-${n}`,
    event_type: random.pick(['order.status.updated', 'order.created']),
    entity_type: orNull(random, 'ORDER'),
    entity_id: orNull(random, order['id']),
    external_id: orNull(random, `ext-${order['id']}`),
    status: random.pick(Object.values(WebhookStatus)),
    payload: random.pick(DOCUMENTS),
    event: {},
    raw_body: '\\x7b7d',
    headers: { 'content-type': 'application/json' },
    answer: random.pick(DOCUMENTS),
    error_code: null,
    error_message: orNull(random, random.pick(TEXTS)),
    occurred_at: time(random),
    created_at: time(random),
    processed_at: orNull(random, time(random)),
  };
}

export function makeAudit(n: number, order: Row, random: Random): Row {
  return {
    merchant_id: orNull(random, order['merchant_id']),
    actor: random.pick(['ops', 'system']),
    action: random.pick(['order.sync', 'login']),
    entity_type: 'ORDER',
    entity_id: orNull(random, order['id']),
    integration_id: orNull(random, 'b2b-portal'),
    outcome: random.pick(['OK', 'REFUSED']),
    details: { n },
    request_id: orNull(random, `req-${n}`),
    at: time(random),
  };
}

export function makeAlert(n: number, random: Random): Row {
  return {
    id: id('alt', n),
    merchant_id: orNull(random, merchantOf(n)),
    integration_id: n < 3 ? INTEGRATIONS[n] : null,
    kind: `kind-${n}`,
    severity: 'warning',
    message: random.pick(TEXTS),
    advice: random.pick(TEXTS),
    opened_at: time(random),
    closed_at: orNull(random, time(random)),
  };
}

export function makeChange(order: Row, n: number): Row {
  return {
    kind: n % 2 === 0 ? 'order.status_changed' : 'order.created',
    merchant_id: order['merchant_id'],
    entity_type: 'ORDER',
    entity_id: order['id'],
    integration_id: null,
    sync_event_id: null,
    data: { newStatus: 'PAID' },
    at: '2026-01-05T10:00:00Z',
    // Older than any transaction of the server: a feed that runs does not take them for new ones.
    xid: String(3 + n),
  };
}
