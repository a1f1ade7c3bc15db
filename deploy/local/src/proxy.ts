import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Address } from './broker-properties.js';

/** A TCP link that a fault test can cut. */
export interface Proxy {
  /** Where clients connect; the same for the proxy's whole life. */
  readonly address: Address;
  /** How many connections pass through it now. */
  readonly connections: number;
  /** Resets every connection and every new one, until healed. */
  cut(): void;
  /** Keeps connections open and lets no byte through, as a network that drops packets does, until healed. */
  stall(): void;
  /** Ends a cut or a stall; what a stall held back goes on. */
  heal(): void;
  /** Ends it for good. Safe twice. */
  stop(): Promise<void>;
}

type Link = 'whole' | 'cut' | 'stalled';

/** What the proxy forwards to. */
export interface ProxyOptions {
  readonly target: Address;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const proxy = new TcpProxy(options.target);
  await proxy.listen();
  return proxy;
}

class TcpProxy implements Proxy {
  private readonly server: Server;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private link: Link = 'whole';
  private port = 0;

  constructor(private readonly target: Address) {
    this.server = createServer({ allowHalfOpen: true }, (client) => this.join(client));
  }

  get address(): Address {
    return { host: '127.0.0.1', port: this.port };
  }

  get connections(): number {
    return this.pairs.size;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', () => {
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  cut(): void {
    this.link = 'cut';
    this.resetAll();
  }

  stall(): void {
    this.link = 'stalled';
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  heal(): void {
    this.link = 'whole';
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  async stop(): Promise<void> {
    this.resetAll();
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private join(client: Socket): void {
    // A socket without listener for errors would end the process.
    client.on('error', () => undefined);
    if (this.link === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: this.target.host, port: this.target.port, allowHalfOpen: true });
    const pair = [client, server] as const;
    this.pairs.add(pair);
    this.forward(client, server, pair);
    this.forward(server, client, pair);
  }

  private forward(from: Socket, to: Socket, pair: readonly [Socket, Socket]): void {
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      if (!to.write(bytes)) from.pause();
    });
    to.on('drain', () => this.link === 'whole' && from.resume());
    from.on('end', () => to.end());
    from.on('error', () => this.drop(pair));
    from.on('close', (hadError) => (hadError ? this.drop(pair) : this.leave(pair)));
    if (this.link === 'stalled') from.pause();
  }

  private leave(pair: readonly [Socket, Socket]): void {
    if (pair.every((socket) => socket.destroyed)) this.pairs.delete(pair);
  }

  private drop(pair: readonly [Socket, Socket]): void {
    for (const socket of pair) if (!socket.destroyed) socket.resetAndDestroy();
    this.pairs.delete(pair);
  }

  private resetAll(): void {
    for (const pair of this.pairs) this.drop(pair);
  }
}
