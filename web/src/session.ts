import { type Client, createClient } from 'graphql-ws';

const STORED = 'syncline.token';
let token: Promise<string | null> | undefined;

/** The `Authorization` value: what the user signed in with, or what a hub on this machine hands out outside production. */
export function authorization(): Promise<string | null> {
  token ??= load();
  return token;
}

async function load(): Promise<string | null> {
  const stored = sessionStorage.getItem(STORED);
  if (stored) return stored;
  const response = await fetch('/session');
  if (!response.ok) return null;
  const body = (await response.json()) as { token: string };
  return `Bearer ${body.token}`;
}

/** Keeps a token for this tab. */
export function signIn(value: string): void {
  sessionStorage.setItem(STORED, value.startsWith('Bearer ') ? value : `Bearer ${value}`);
  token = undefined;
}

/** Forgets the token of this tab. */
export function signOut(): void {
  sessionStorage.removeItem(STORED);
  token = undefined;
}

/** A websocket client that signs in anew at each reconnection and never gives up. */
export function connect(on: { connected?: () => void; closed?: () => void } = {}): Client {
  return createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    retryAttempts: Number.POSITIVE_INFINITY,
    connectionParams: async () => ({ Authorization: await authorization() }),
    on,
  });
}

/** One operation over HTTP. Throws with the first error's message. */
export async function request<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const bearer = await authorization();
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer ? { authorization: bearer } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as { data?: T; errors?: { message: string }[]; error?: string };
  if (answer.errors?.[0] || !answer.data)
    throw new Error(answer.errors?.[0]?.message ?? answer.error ?? `The hub answered ${response.status}`);
  return answer.data;
}
