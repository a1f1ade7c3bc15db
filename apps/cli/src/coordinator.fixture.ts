import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An answer to give. */
export interface Given {
  readonly status?: number;
  readonly body: unknown;
}

/** A server on a free port that speaks like a coordinator: it answers what a test tells it to. */
export class PlayedCoordinator {
  readonly arrived: Arrived[] = [];
  private answers: (request: Arrived) => Given = () => ({ status: 404, body: { detail: 'not played' } });
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '', headers } = request;
      const isJson = headers['content-type'] === 'application/json';
      const body = text !== '' && isJson ? (JSON.parse(text) as unknown) : text || undefined;
      const arrived = { method, url, headers, body };
      this.arrived.push(arrived);
      const { status = 200, body: given } = this.answers(arrived);
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(typeof given === 'string' ? given : JSON.stringify(given));
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** What SKALD_URL has to be. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  answer(answers: (request: Arrived) => Given): void {
    this.answers = answers;
    this.arrived.length = 0;
  }
}
