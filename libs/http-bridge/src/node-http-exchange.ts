import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { header, type Json } from '#libs/messaging';
import { HttpExchange, type HttpOutcome } from './http-exchange.js';
import type { HttpRequest } from './http-request.js';

/** How requests are sent. */
export interface HttpSettings {
  /** Silence after which a request is given up as lost. Default 30,000. */
  readonly timeoutMs?: number;
  /** Largest body of an answer that is read. Default 1,000,000. */
  readonly maxBodyBytes?: number;
  /** Connections to one server at the same time. Default 32. */
  readonly connections?: number;
  readonly tls?: HttpTls;
}

/** Certificates in PEM: whom to trust beside the well-known authorities, and who we are. */
export interface HttpTls {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** Sends requests with Node's own client. */
export class NodeHttpExchange extends HttpExchange {
  private readonly timeoutMs: number;
  private readonly maxBodyBytes: number;
  private readonly plain: HttpAgent;
  private readonly secure: HttpsAgent;

  constructor({
    timeoutMs = 30_000,
    maxBodyBytes = 1_000_000,
    connections = 32,
    tls = {},
  }: HttpSettings = {}) {
    super();
    this.timeoutMs = timeoutMs;
    this.maxBodyBytes = maxBodyBytes;
    const options = { keepAlive: true, maxSockets: connections };
    this.plain = new HttpAgent(options);
    this.secure = new HttpsAgent({
      ...options,
      minVersion: 'TLSv1.2',
      ...(tls.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca] }),
      ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
    });
  }

  override send(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
    return new Promise((resolve) => {
      const sending = this.open(request, signal);
      let hasLeft = false;
      sending.on('socket', (socket) => onceConnected(socket, () => (hasLeft = true)));
      sending.on('response', (response) => void this.read(response).then(resolve));
      sending.on('error', (error) =>
        resolve({ kind: hasLeft ? 'lost' : 'not-sent', reason: reasonOf(error) }),
      );
      sending.end(request.body);
    });
  }

  override close(): void {
    this.plain.destroy();
    this.secure.destroy();
  }

  private open({ method, url, headers, body }: HttpRequest, signal: AbortSignal): ClientRequest {
    const isSecure = url.protocol === 'https:';
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    return (isSecure ? httpsRequest : httpRequest)(url, {
      method,
      headers: { ...headers, ...length },
      agent: isSecure ? this.secure : this.plain,
      // From the first byte to the last: a server that drips is as silent as one that says nothing.
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]),
    });
  }

  private async read(response: IncomingMessage): Promise<HttpOutcome> {
    const status = response.statusCode ?? 0;
    const retryAfter = response.headers['retry-after'];
    const usage = response.headers[header.usage];
    const head = {
      kind: 'answered',
      status,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(typeof usage === 'string' ? { usage } : {}),
    } as const;
    const text = await this.text(response);
    const body = text === undefined ? undefined : jsonOf(text, response.headers['content-type']);
    return body === undefined ? head : { ...head, body };
  }

  /** `undefined` when the body ended early or is too large; the rest of it is not waited for. */
  private async text(response: IncomingMessage): Promise<string | undefined> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > this.maxBodyBytes) return undefined;
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    } catch {
      return undefined;
    }
  }
}

/** Until the connection stands not a byte of the request can have been read by anybody. */
function onceConnected(socket: Socket, done: () => void): void {
  if (!socket.connecting) return done();
  socket.once('encrypted' in socket ? 'secureConnect' : 'connect', done);
}

function jsonOf(text: string, contentType: string | undefined): Json | undefined {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return contentType?.includes('json') === true ? undefined : text;
  }
}

/** Names of failures are shown to people; addresses and bodies are not. */
function reasonOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
