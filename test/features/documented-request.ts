/** A request as a document prints it. */
export interface DocumentedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { data?: unknown };
}

/** `METHOD path`, headers, an empty line, the body; or a `curl` line with its options. */
export function readRequest(text: string): DocumentedRequest {
  return text.startsWith('curl') ? readCurl(text) : readHttp(text);
}

function readHttp(text: string): DocumentedRequest {
  const [head = '', ...rest] = text.split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = Object.fromEntries(lines.map(readHeader));
  return { method, path, headers, ...(rest.length > 0 && { body: rest.join('\n\n') }) };
}

function readCurl(text: string): DocumentedRequest {
  const [, ...words] = [...text.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
  const request: DocumentedRequest = { method: '', path: '', headers: {} };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-X') request.method = words.shift() ?? '';
    else if (word === '-H') Object.assign(request.headers, Object.fromEntries([readHeader(words.shift() ?? '')]));
    else if (word === '-d') request.body = words.shift() ?? '';
    else request.path = word.replace(/^https?:\/\/[^/]+/, '');
  }
  return { ...request, method: request.method || (request.body === undefined ? 'GET' : 'POST') };
}

function readHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

/** Sends it to where a hub listens. */
export async function send(url: string, { method, path, headers, body }: DocumentedRequest): Promise<Answer> {
  const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
}
