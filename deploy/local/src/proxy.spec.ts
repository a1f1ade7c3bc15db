import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startProxy, type Proxy } from './proxy.js';
import { waitUntil } from './wait-until.js';

let echo: Server;
let proxy: Proxy;

beforeEach(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startProxy({ target: { host: '127.0.0.1', port: (echo.address() as AddressInfo).port } });
});

afterEach(async () => {
  await proxy.stop();
  await new Promise((resolve) => echo.close(resolve));
});

describe('a proxy', () => {
  it('carries bytes both ways', async () => {
    const client = await open();

    expect(await said(client, 'hello')).toBe('hello');
    client.destroy();
  });

  it('passes the end of one side on to the other', async () => {
    const client = await open();
    const received: Buffer[] = [];
    client.on('data', (bytes: Buffer) => received.push(bytes));
    client.end('last words');
    await once(client, 'close');

    expect(Buffer.concat(received).toString()).toBe('last words');
    await waitUntil({ what: 'no connection', timeoutMs: 15_000 }, () => proxy.connections === 0);
  });

  it('carries more than its buffers hold', async () => {
    const client = await open();
    const size = 8 * 1024 * 1024;
    let received = 0;
    client.on('data', (bytes: Buffer) => (received += bytes.length));
    client.end(Buffer.alloc(size, 'x'));
    await once(client, 'close');

    expect(received).toBe(size);
  });
});

describe('a cut link', () => {
  it('resets open connections', async () => {
    const client = await open();
    await said(client, 'before');
    const reset = closed(client);
    proxy.cut();

    expect(await reset).toBe(true);
    expect(proxy.connections).toBe(0);
  });

  it('refuses new connections until it is healed', async () => {
    proxy.cut();
    const refused = connect(proxy.address);
    refused.on('error', () => undefined);
    const wasReset = await closed(refused);
    proxy.heal();
    const client = await open();

    expect(wasReset).toBe(true);
    expect(await said(client, 'again')).toBe('again');
    client.destroy();
  });
});

describe('a stalled link', () => {
  it('holds bytes back and delivers them when healed', async () => {
    const client = await open();
    await said(client, 'before');
    proxy.stall();
    const answer = once(client, 'data');
    client.write('held');
    // A connection made later and answered through no proxy shows that there was time to answer.
    const direct = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    direct.on('error', () => undefined);
    await said(direct, 'direct');
    direct.destroy();
    const readWhileStalled = client.bytesRead;
    proxy.heal();

    expect(readWhileStalled).toBe('before'.length);
    expect(String((await answer)[0])).toBe('held');
    client.destroy();
  });
});

describe('a stopped proxy', () => {
  it('may be stopped again', async () => {
    await proxy.stop();

    await expect(proxy.stop()).resolves.toBeUndefined();
  });
});

async function open(): Promise<Socket> {
  const socket = connect(proxy.address);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Resolves with whether it was an error that closed the socket. */
function closed(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => void socket.once('close', (hadError: boolean) => resolve(hadError)));
}

async function said(socket: Socket, text: string): Promise<string> {
  const answer = once(socket, 'data');
  socket.write(text);
  return String((await answer)[0]);
}
