import { isRetryable } from '../../errors.js';
import { classify, readAnswer, saysNothing, UpstreamError } from '../upstream/classify.js';
import type { UpstreamHttp, UpstreamResponse } from '../upstream/http.js';
import type { ErpCredentials, ErpSettings } from './settings.js';
import { signatureOf } from './signature.js';
import { SyncAnswer } from './wire.js';

/** One method per remote call. All throw HubErrors with the codes of `classify.ts` and `http.ts`. */
export interface ErpClient {
  sync(body: unknown, idempotencyKey: string): Promise<SyncAnswer>;
  checkHealth(): Promise<void>;
}

/** No address of the ERP's is there to ask for its health: whoever answers that he knows none is alive. */
const ALIVE = new Set([404, 405]);

export function createErpClient(
  http: UpstreamHttp,
  { baseUrl, timeout }: Pick<ErpSettings, 'baseUrl' | 'timeout'>,
  { apiKey, apiSecret }: ErpCredentials,
): ErpClient {
  const shared = { timeoutMs: timeout, secrets: [apiSecret] };
  return {
    async sync(content, idempotencyKey) {
      const body = JSON.stringify(content);
      const response = await http.send({
        ...shared,
        method: 'POST',
        url: `${baseUrl}/orders/sync`,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-api-key': apiKey,
          'x-idempotency-key': idempotencyKey,
          'x-signature': signatureOf(body, apiSecret),
        },
        body,
      });
      return readSync(response);
    },
    async checkHealth() {
      const headers = { accept: 'application/json', 'x-api-key': apiKey };
      const response = await http.send({ ...shared, method: 'GET', url: `${baseUrl}/health`, headers });
      const failure = classify(response);
      if (failure && !ALIVE.has(response.status)) throw failure;
    },
  };
}

/** The document counts every 4xx but 429 as final, whatever other upstreams mean by some of them. */
function readSync(response: UpstreamResponse): SyncAnswer {
  const failure = classify(response);
  if (failure && response.status >= 400 && response.status < 500 && response.status !== 429) {
    if (isRetryable(failure.code)) throw new UpstreamError('UPSTREAM_REJECTED', failure.message, response.status);
    throw failure;
  }
  return saysNothing(response) ? {} : readAnswer(response, SyncAnswer);
}
