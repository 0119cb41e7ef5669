import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody } from './envelope.js';

const STATUS_OF: Readonly<Record<string, 408 | 431>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};
const TOLD = {
  400: 'This is no HTTP request that can be read.',
  408: 'The request did not arrive in time.',
  431: 'The headers are larger than the hub takes.',
} as const;

/** Answers by the error envelope what never became a request, and ends the connection: nobody knows where a next one begins. */
export function refuseBrokenRequest({ code = '' }: { code?: string }, socket: Duplex, requestId: string): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = STATUS_OF[code] ?? 400;
  const body = JSON.stringify(errorBody('BAD_USER_INPUT', TOLD[status], requestId));
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`);
}
