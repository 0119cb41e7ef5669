import type { FormattedExecutionResult } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** What GraphQL answers over HTTP. */
export interface Answer<T> {
  status: number;
  data: T | null;
  errors: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

/** A user of the hub: speaks nothing but its public HTTP and WebSocket. */
export interface HubClient {
  /** One operation; never throws for what the hub answers, throws when it cannot be reached. */
  graphql<T = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): Promise<Answer<T>>;
  /** The same, and throws with the first error's message. */
  ask<T = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): Promise<T>;
  rest(method: string, path: string, body?: unknown): Promise<{ status: number; headers: Headers; body: unknown }>;
  /** A websocket of its own; `dispose()` closes it. */
  socket(): Client;
  /** The values of one subscription until the caller stops; ends with an error when the hub ends it so. */
  subscribe<T = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): AsyncGenerator<T>;
}

/** @param authorization the whole header, e.g. `Bearer …`; null: none is sent */
export function createHubClient(url: string, authorization: string | null): HubClient {
  const headers: Record<string, string> = authorization ? { authorization } : {};
  const graphql: HubClient['graphql'] = async (query, variables = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as FormattedExecutionResult;
    return { status: response.status, data: answer.data ?? null, errors: answer.errors ?? [] } as never;
  };
  const socket = () =>
    createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: authorization },
      retryAttempts: 0,
    });
  return {
    graphql,
    ask: async (query, variables) => {
      const { data, errors } = await graphql(query, variables);
      if (errors[0] || !data) throw new Error(errors[0]?.message ?? 'The hub answered no data');
      return data as never;
    },
    rest: async (method, path, body) => {
      const json =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const response = await fetch(url + path, { method, ...json, headers: { ...headers, ...json.headers } });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    socket,
    subscribe: (query, variables) => subscribe(socket(), query, variables),
  };
}

async function* subscribe<T>(
  client: Client,
  query: string,
  variables: Record<string, unknown> = {},
): AsyncGenerator<T> {
  try {
    for await (const { data, errors } of client.iterate({ query, variables })) {
      if (errors?.[0]) throw Object.assign(new Error(errors[0].message), { extensions: errors[0].extensions });
      yield data as T;
    }
  } finally {
    await client.dispose();
  }
}
