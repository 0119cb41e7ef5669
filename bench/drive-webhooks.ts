import { createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';

export const PATH = '/api/v1/b2b/webhooks/b2b/order';
export const SECRET = 'bench-secret';
/** The orders `PO-0` to `PO-(n - 1)`, known to the portal as `ext-0` and so on. */
export const ORDERS = 5_000;
export const BODY_BYTES = 600;

let sequence = 0;
const STATUSES = ['CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED'];

/** A signed request for the next state of one of the orders; no two are alike. */
function makeRequest(): Buffer {
  sequence += 1;
  const order = sequence % ORDERS;
  const event = {
    event: 'order.status.updated',
    id: `evt_${randomUUID()}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + sequence).toISOString(),
    entity_type: 'order',
    data: {
      id: `ext-${order}`,
      order_number: `PO-${order}`,
      status: STATUSES[Math.floor(sequence / ORDERS) % STATUSES.length],
      tracking_numbers: ['TRK123456'],
      note: '',
    },
  };
  event.data.note = 'x'.repeat(BODY_BYTES - JSON.stringify(event).length);
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  return Buffer.from(
    `POST ${PATH} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\nx-b2b-signature: ${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Made before the clock starts: what signing them costs is not taken from the server, which shares the processor with its load. */
export const makeRequests = (count: number): Iterator<Buffer> => Array.from({ length: count }, makeRequest).values();

/**
 * One connection: it sends its next webhook when it has the answer to the last, until the time is up or `requests`, which all connections
 * share, has none left. Milliseconds go to `latencies`.
 */
export function drive(port: number, until: number, requests: Iterator<Buffer>, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    let sentAt = 0;
    const next = () => {
      sentAt = performance.now();
      const { done, value: bytes } = requests.next();
      if (done || sentAt >= until) return socket.end(resolve);
      socket.write(bytes);
    };
    socket.on('connect', next).on('error', reject);
    socket.on('data', (chunk) => {
      if (!chunk.subarray(0, 12).equals(OK)) return reject(new Error(chunk.toString()));
      latencies.push(performance.now() - sentAt);
      next();
    });
  });
}

/** Answers are far smaller than a packet: one chunk is one answer. */
const OK = Buffer.from('HTTP/1.1 200');
