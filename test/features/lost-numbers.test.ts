import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import WebSocket from 'ws';
import { startTestHub, type TestHub } from '../harness/hub.js';

let hub: TestHub;
let authorization: string;
beforeAll(async () => {
  hub = await startTestHub();
  authorization = await hub.bearer({ role: 'admin' });
});
afterAll(() => hub.stop());

const CREATE = `mutation ($input: CreateOrderInput!) {
  createOrder(input: $input) { order { metadata totals { grandTotal } } userErrors { message path } } }`;
let count = 0;
const inputWith = (metadata: string, price = '"1.00"') =>
  `{"number":"LOST-${++count}","currency":"EUR","metadata":${metadata},"lines":[{"sku":"A","quantity":1,"unitPrice":${price}}]}`;

async function post(path: string, body: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${hub.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}
const create = (input: string) =>
  post('/graphql', `{"query":${JSON.stringify(CREATE)},"variables":{"input":${input}}}`);

/** The first answer to an operation that is sent as this text. */
async function ask(payload: string): Promise<{ payload: unknown }> {
  const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: authorization } }));
  await once(socket, 'message');
  socket.send(`{"id":"1","type":"subscribe","payload":${payload}}`);
  const [answer] = await once(socket, 'message');
  socket.close();
  return JSON.parse(String(answer));
}

const LOST = [
  ...['9007199254740993', '-9007199254740993', '900719925474099.3e1', '12345678901234567890'],
  ...['0.1234567890123456789', '1234567.12345678901', '1e400', '1e-400'],
];
it.each(LOST)(
  'H1 refuses %s in JSON instead of changing it, over HTTP, in the text, on a socket and by REST',
  async (number) => {
    const literal = `mutation { createOrder(input: {number: "X", currency: "EUR", metadata: {deep: [{n: ${number}}]},
    lines: [{sku: "A", quantity: 1, unitPrice: "1"}]}) { order { id } } }`;
    const input = inputWith(`{"n":${number}}`);
    const told = expect.stringContaining(`The number ${number} cannot be kept exactly: give it as text, in quotes.`);

    const variables = await create(input);
    const text = await post('/graphql', JSON.stringify({ query: literal }));
    const rest = await post('/api/v1/orders', inputWith(`{"n":[${number}]}`));
    const socket = await ask(`{"query":${JSON.stringify(CREATE)},"variables":{"input":${input}}}`);

    expect(variables).toEqual({ status: 400, text: told });
    expect(text.text).toEqual(told);
    expect(rest).toEqual({ status: 400, text: told });
    expect(socket).toMatchObject({ id: '1', type: 'error', payload: [{ message: told }] });
  },
);

it('H1 refuses a number deeper than any stack as it refuses all bad input', async () => {
  const depth = 100_000;
  const body = `${'['.repeat(depth)}9007199254740993${']'.repeat(depth)}`;

  const { status } = await post('/api/v1/orders', body);

  expect(status).toBe(400);
});

it('H1 keeps numbers that a double holds, and amounts as text of any length', async () => {
  const metadata =
    '{"whole":9007199254740992,"even":9007199254740994,"part":0.30000000000000004,"money":10.1200,"big":1e21,"own":0.10000000000000000555,"exponent":-1.50e+3,"small":2.5e-100}';

  const { status, text } = await create(inputWith(metadata, '"9007199254740993.1234"'));
  const socket = await ask(
    `{"query":${JSON.stringify(CREATE)},"variables":{"input":${inputWith('{"n":"9007199254740993"}')}}}`,
  );

  const { data } = JSON.parse(text);
  expect(status).toBe(200);
  expect(data.createOrder.order).toEqual({
    metadata: JSON.parse(metadata),
    totals: { grandTotal: '9007199254740993.1234' },
  });
  expect(socket.payload).toMatchObject({
    data: { createOrder: { order: { metadata: { n: '9007199254740993' } }, userErrors: [] } },
  });
});
