import { HubError } from '../../errors.js';
import type { UpstreamHttp } from './http.js';

/** How one request went. */
export interface Call {
  /** 0: there was no answer. */
  status: number;
  /** Why there was none; else empty. */
  errorCode: string;
  durationMs: number;
}

/** The same client; each request is told when it has ended. */
export function timedHttp(http: UpstreamHttp, onCall: (call: Call) => void): UpstreamHttp {
  return {
    async send(request) {
      const startedAt = performance.now();
      const tell = (status: number, errorCode: string) =>
        onCall({ status, errorCode, durationMs: performance.now() - startedAt });
      try {
        const response = await http.send(request);
        tell(response.status, '');
        return response;
      } catch (error) {
        tell(0, error instanceof HubError ? error.code : 'INTERNAL');
        throw error;
      }
    },
  };
}
