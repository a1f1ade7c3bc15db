import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '#libs/messaging';
import type { Certificates } from './certificates.js';

/** A request as a service saw it. */
export interface HttpCallSeen {
  readonly method: string;
  readonly path: string;
  /** Its idempotency key. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly at: number;
}

/** What a service answers. */
export interface HttpReply {
  readonly status: number;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What becomes of one request before, or in place of, the answer the service would give. */
export type HttpMood =
  /** Answered at once; nothing is done. */
  | HttpReply
  /** Done, but never answered. */
  | 'silent'
  /** Done, and the connection breaks. */
  | 'hang-up';

/** A service that is called over HTTP and remembers what it did by its keys. */
export interface HttpService {
  readonly url: string;
  /** Every request, in the order of coming. */
  readonly calls: readonly HttpCallSeen[];
  /** What it has done: one entry for each key. */
  readonly effects: ReadonlyMap<string, HttpCallSeen>;
  /** The next requests of this method to this path fare like this, one after the other. */
  fare(method: string, path: string, ...moods: readonly HttpMood[]): void;
  callsOf(method: string, path: string): readonly HttpCallSeen[];
  stop(): Promise<void>;
}

/** Decides what a request that is carried out comes to. Called once for each key. */
export type HttpWork = (call: HttpCallSeen) => HttpReply;

/** Starts a service on a free port of this machine; with certificates it speaks TLS. Queries (GET) are never remembered. */
export async function startHttpService(work: HttpWork, tls?: Certificates): Promise<HttpService> {
  const calls: HttpCallSeen[] = [];
  const effects = new Map<string, HttpCallSeen>();
  const replies = new Map<string, HttpReply>();
  const moods = new Map<string, HttpMood[]>();

  const carriedOut = (call: HttpCallSeen): HttpReply => {
    if (call.method === 'GET') return work(call);
    const known = replies.get(call.key);
    if (known !== undefined) return known;
    const reply = work(call);
    // Who was not let in has not been heard.
    if (reply.status !== 401) replies.set(call.key, reply);
    if (reply.status < 300) effects.set(call.key, call);
    return reply;
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    calls.push(call);
    const mood = moods.get(`${call.method} ${call.path}`)?.shift();
    if (typeof mood === 'object') return answer(response, mood);
    const reply = carriedOut(call);
    if (mood === undefined) answer(response, reply);
    else if (mood === 'hang-up') request.socket.destroy();
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void serve(request, response);
  const server =
    tls === undefined
      ? createPlain(listener)
      : createSecure({ cert: tls.certificate, key: tls.key }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    calls,
    effects,
    fare: (method, path, ...given) => {
      const name = `${method} ${path}`;
      moods.set(name, [...(moods.get(name) ?? []), ...given]);
    },
    callsOf: (method, path) => calls.filter((call) => call.method === method && call.path === path),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readCall(request: IncomingMessage): Promise<HttpCallSeen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    key: headers['idempotency-key'] ?? '',
    headers,
    body: text === '' ? {} : (JSON.parse(text) as JsonObject),
    at: performance.now(),
  };
}

function answer(response: ServerResponse, { status, body, headers = {} }: HttpReply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
