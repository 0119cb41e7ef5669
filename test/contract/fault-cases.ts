import type { z } from 'zod';
import type { DeliveryResult } from '../../src/connectors/connector.js';
import type { FaultRule } from '../../src/connectors/simulator/faults.js';
import type { ErrorCode } from '../../src/errors.js';

/** A fault that one delivery meets, and how it must end. */
export interface FaultCase {
  name: string;
  fault: z.input<typeof FaultRule>;
  kind: DeliveryResult['kind'];
  code?: ErrorCode;
  /** The upstream's wish, milliseconds; a date is told in whole seconds. */
  retryAfterMs?: [least: number, most: number];
}

const retried = (status: number): FaultCase => ({
  name: `${status}`,
  fault: { kind: 'status', status },
  kind: 'retry',
  code: status === 429 ? 'UPSTREAM_RATE_LIMITED' : 'UPSTREAM_UNAVAILABLE',
});

const rejected = (status: number, code: ErrorCode): FaultCase => ({
  name: `${status}`,
  fault: { kind: 'status', status },
  kind: 'rejected',
  code,
});

const unreadable = (kind: FaultCase['fault']['kind'], name: string, when: 'before' | 'after'): FaultCase => ({
  name,
  fault: { kind, when },
  kind: 'retry',
  code: 'UPSTREAM_BAD_RESPONSE',
});

/** What an upstream does to every connector sooner or later. */
export const FAULT_CASES: FaultCase[] = [
  ...[408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 599].map(retried),
  {
    name: '429 with Retry-After in seconds',
    fault: { kind: 'status', status: 429, retryAfterSeconds: 7 },
    kind: 'retry',
    code: 'UPSTREAM_RATE_LIMITED',
    retryAfterMs: [7000, 7000],
  },
  {
    name: '503 with Retry-After as a date',
    fault: { kind: 'status', status: 503, retryAfterSeconds: 60, retryAfterAs: 'date' },
    kind: 'retry',
    code: 'UPSTREAM_UNAVAILABLE',
    retryAfterMs: [30_000, 61_000],
  },
  {
    name: '429 with Retry-After of a month',
    fault: { kind: 'status', status: 429, retryAfterSeconds: 2_592_000 },
    kind: 'retry',
    code: 'UPSTREAM_RATE_LIMITED',
    retryAfterMs: [3_600_000, 3_600_000],
  },
  rejected(400, 'UPSTREAM_REJECTED'),
  rejected(401, 'UPSTREAM_UNAUTHORIZED'),
  rejected(403, 'UPSTREAM_UNAUTHORIZED'),
  rejected(404, 'UPSTREAM_NOT_FOUND'),
  rejected(409, 'UPSTREAM_CONFLICT'),
  rejected(410, 'UPSTREAM_NOT_FOUND'),
  rejected(422, 'UPSTREAM_REJECTED'),
  rejected(501, 'UPSTREAM_REJECTED'),
  rejected(505, 'UPSTREAM_REJECTED'),
  { name: 'slow but in time', fault: { kind: 'latency', ms: 30 }, kind: 'delivered' },
  { name: 'too slow', fault: { kind: 'latency', ms: 2000 }, kind: 'retry', code: 'UPSTREAM_TIMEOUT' },
  { name: 'no answer', fault: { kind: 'timeout' }, kind: 'retry', code: 'UPSTREAM_TIMEOUT' },
  {
    name: 'no answer after the effect',
    fault: { kind: 'timeout', when: 'after' },
    kind: 'retry',
    code: 'UPSTREAM_TIMEOUT',
  },
  { name: 'hang-up', fault: { kind: 'hang-up' }, kind: 'retry', code: 'UPSTREAM_UNREACHABLE' },
  {
    name: 'hang-up after the effect',
    fault: { kind: 'hang-up', when: 'after' },
    kind: 'retry',
    code: 'UPSTREAM_UNREACHABLE',
  },
  {
    name: '500 after the effect',
    fault: { kind: 'status', when: 'after', status: 500 },
    kind: 'retry',
    code: 'UPSTREAM_UNAVAILABLE',
  },
  { name: 'body that drips on', fault: { kind: 'drip-feed', when: 'after' }, kind: 'retry', code: 'UPSTREAM_TIMEOUT' },
  unreadable('endless-body', 'endless body', 'after'),
  unreadable('truncated-json', 'truncated JSON', 'after'),
  unreadable('wrong-types', 'wrong types', 'after'),
  unreadable('html', '200 with a web page', 'before'),
  unreadable('redirect', 'redirect', 'before'),
  {
    name: 'credentials in the answer',
    fault: { kind: 'echo-credentials' },
    kind: 'rejected',
    code: 'UPSTREAM_REJECTED',
  },
];
