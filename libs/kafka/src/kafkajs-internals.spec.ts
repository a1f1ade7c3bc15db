import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import { prepareKafkajs } from './kafkajs-internals.js';

interface Queue {
  pending: unknown[];
  throttleCheckTimeoutId: unknown;
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
  destroy(): void;
}

const load = createRequire(import.meta.url);
const RequestQueue = load('kafkajs/src/network/requestQueue') as new (options: object) => Queue;

function queue(): Queue {
  prepareKafkajs();
  return new RequestQueue({ maxInFlightRequests: null, logger: { debug: () => undefined } });
}

describe("the client's request queue", () => {
  it('arms no timer while nothing waits', () => {
    const idle = queue();

    idle.checkPendingRequests();

    expect(idle.throttleCheckTimeoutId).toBeNull();
  });

  it('looks again when something waits', () => {
    jest.useFakeTimers();
    const busy = queue();
    busy.pending = [{}];
    const looked = jest.spyOn(busy, 'checkPendingRequests').mockImplementation(() => undefined);

    busy.scheduleCheckPendingRequests();
    busy.scheduleCheckPendingRequests();
    jest.advanceTimersByTime(10);

    expect(looked).toHaveBeenCalledTimes(1);
    expect(busy.throttleCheckTimeoutId).toBeNull();
    jest.useRealTimers();
  });
});

describe("the client's connection", () => {
  it('is opened once, however many wait for it', async () => {
    const accepted: Socket[] = [];
    const server = createServer((socket) => accepted.push(socket));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const connection = connectionTo((server.address() as AddressInfo).port);

    await Promise.all([connection.connect(), connection.connect(), connection.connect()]);
    await connection.connect();
    await untilAccepted(server);

    expect(accepted.length - 1).toBe(1);
    await connection.disconnect();
    for (const socket of accepted) socket.destroy();
    server.close();
  });
});

/** Sockets are accepted in the order they were opened: behind one more, all earlier ones have been. */
async function untilAccepted(server: Server): Promise<void> {
  const last = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await new Promise((resolve) => {
    server.on('connection', (socket) => {
      if (socket.remotePort === last.localPort) resolve(undefined);
    });
  });
  last.destroy();
}

interface OpenConnection {
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
}

function connectionTo(port: number): OpenConnection {
  prepareKafkajs();
  const Connection = load('kafkajs/src/network/connection') as new (options: object) => OpenConnection;
  const socketFactory = load('kafkajs/src/network/socketFactory') as () => unknown;
  const silent = { debug: () => undefined, error: () => undefined };
  return new Connection({
    host: '127.0.0.1',
    port,
    logger: { namespace: () => silent },
    socketFactory: socketFactory(),
    requestTimeout: 10_000,
    connectionTimeout: 10_000,
  });
}
