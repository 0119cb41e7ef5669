import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { classify } from '../../src/connectors/upstream/classify.js';
import { recordExchanges } from '../../src/connectors/upstream/exchanges.js';
import type { Exchange, UpstreamRequest } from '../../src/connectors/upstream/http.js';
import { createUpstreamHttp } from '../../src/connectors/upstream/upstream-http.js';
import { startServer } from './local-server.js';

const http = createUpstreamHttp({ httpsOnly: false });
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
afterAll(() => http.close());

async function send(listener: RequestListener, request: Partial<UpstreamRequest> = {}) {
  const server = await startServer(listener);
  stops.push(server.stop);
  const exchanges: Exchange[] = [];
  const path = request.url ?? '/';
  const response = await recordExchanges(exchanges, () =>
    http.send({ method: 'GET', timeoutMs: 20_000, ...request, url: `${server.url}${path}` }),
  );
  return { response, exchanges };
}

describe('addresses', () => {
  it.each(['http://portal.example.com/', 'ftp://portal.example.com/', 'portal.example.com', ''])(
    'B28 refuses %j where only HTTPS is allowed, before any connection',
    async (url) => {
      const strict = createUpstreamHttp({ httpsOnly: true });

      const sent = strict.send({ method: 'GET', url, timeoutMs: 1000 });

      await expect(sent).rejects.toMatchObject({ code: 'BAD_USER_INPUT', inputPath: ['settings', 'baseUrl'] });
    },
  );
});

describe('answers', () => {
  it('sends the bytes given and answers text outside ASCII as it came', async () => {
    const { response } = await send(
      (request, answer) => {
        request.pipe(answer);
      },
      { method: 'POST', body: '{"a":10.10,"b":"🚲 مرحبا"}' },
    );

    expect(response).toMatchObject({ status: 200, body: '{"a":10.10,"b":"🚲 مرحبا"}' });
  });

  it('counts a compressed body by what it unfolds to', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));

    const sent = send((_request, answer) => answer.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));

    await expect(sent).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
      message: expect.stringContaining('4 MiB'),
    });
  });

  it('keeps 16 KiB of a body and notes its size', async () => {
    const { response, exchanges } = await send((_request, answer) => answer.end('x'.repeat(1_000_000)));

    expect(response.body).toHaveLength(1_000_000);
    expect(exchanges[0]?.response?.bodyBytes).toBe(1_000_000);
    expect(exchanges[0]?.response?.body).toHaveLength(16 * 1024 + '… (cut; 1000000 bytes in all)'.length);
  });

  it('keeps what can be stored of a body with U+0000 and broken text', async () => {
    const { exchanges } = await send((_request, answer) => answer.end(Buffer.from([0x61, 0x00, 0xff])));

    expect(exchanges[0]?.response?.body).toBe('a��');
  });
});

describe('secrets', () => {
  const secret = 'sk_live_0123456789';
  const request: Partial<UpstreamRequest> = {
    method: 'POST',
    url: '/token?access_token=query-secret-1&page=2',
    headers: {
      authorization: `Bearer ${secret}`,
      'x-flasherp-signature': 'signature-secret',
      cookie: 'sid=cookie-secret',
    },
    body: '{"client_secret":"body-secret-1","nested":{"apiKey":"body-secret-2","name":"shown"},"n":[{"password":"body-secret-3',
  };

  it('keeps none of what is sent or answered, not even where the upstream echoes it', async () => {
    const { exchanges } = await send((_incoming, answer) => {
      answer.setHeader('set-cookie', 'session=answer-secret-1');
      answer.end(
        `{"token":"answer-secret-2","message":"the key ${secret} is old","refresh_token":["answer-secret-3"]}`,
      );
    }, request);

    const kept = JSON.stringify(exchanges);
    expect(kept).not.toMatch(/secret-\d|signature-secret|cookie-secret|sk_live/);
    expect(kept).toContain('the key *** is old');
    expect(kept).toContain('shown');
    expect(kept).toContain('page=2');
  });

  it('are masked in the headers of an answer, and however they are written', async () => {
    const odd = 'a"b/c d%-0123456789';
    const { exchanges } = await send(
      (_incoming, answer) => {
        answer.writeHead(302, { location: `/login?k=${encodeURIComponent(odd)}&next=1`, 'x-echo': odd });
        answer.end(JSON.stringify({ said: odd }));
      },
      { ...request, headers: { 'x-api-key': odd } },
    );

    expect(exchanges[0]?.response?.headers).toMatchObject({ location: '/login?k=***&next=1', 'x-echo': '***' });
    expect(exchanges[0]?.response?.body).toBe('{"said":"***"}');
  });

  it('are masked in the message of a refusal', async () => {
    const { response } = await send((_incoming, answer) => answer.writeHead(400).end(`Bad key ${secret}`), request);

    expect(classify(response)?.message).toBe('The upstream answered 400. It said: Bad key ***');
  });

  it('are masked where the upstream says one that was not sent', async () => {
    const { exchanges } = await send((_incoming, answer) => answer.end('signed by unsent-0123456789'), {
      ...request,
      secrets: ['unsent-0123456789'],
    });

    expect(JSON.stringify(exchanges)).toContain('signed by ***');
  });

  it('masks in linear time whatever the body', async () => {
    const hostile = [
      '"token'.repeat(300_000),
      'token'.repeat(400_000),
      '&token'.repeat(300_000),
      '<script>'.repeat(250_000),
    ];

    const answers = hostile.map((body) => send((_incoming, answer) => answer.writeHead(400).end(body)));

    for (const answer of answers) expect(classify((await answer).response)?.code).toBe('UPSTREAM_REJECTED');
  });
});

describe('messages', () => {
  it.each([
    ['{"message":"No such SKU"}', 'No such SKU'],
    ['{"error":"Out of stock"}', 'Out of stock'],
    ['{"error":{"message":"Nested"}}', 'Nested'],
    ['{"title":"Bad","detail":"Problem details"}', 'Problem details'],
    ['{"message":"Invalid","errors":[{"field":"sku"}]}', 'Invalid [{"field":"sku"}]'],
    ['<html><style>b{}</style><h1>Bad</h1>\n<p>Request</p></html>', 'Bad Request'],
    ['"\u001b[31mred\u202e\\u0007"', '" [31mred \\u0007"'],
  ])('tells what %j says', async (body, said) => {
    const { response } = await send((_incoming, answer) => answer.writeHead(422).end(body));

    expect(classify(response)?.message).toBe(`The upstream answered 422. It said: ${said}`);
  });

  it('cuts a long one', async () => {
    const { response } = await send((_incoming, answer) => answer.writeHead(422).end('y'.repeat(10_000)));

    expect(classify(response)?.message.length).toBeLessThan(400);
  });

  it('B22 waits for a call with the same key that is still running', async () => {
    const { response } = await send((_incoming, answer) => answer.writeHead(409, { 'retry-after': '1' }).end());

    expect(classify(response)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 1000 });
  });

  it.each(['soon', '-5', ''])('ignores a Retry-After of %j', async (value) => {
    const { response } = await send((_incoming, answer) => answer.writeHead(429, { 'retry-after': value }).end());

    expect(classify(response)).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterMs: undefined });
  });
});
