import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { LocalStackError } from './local-stack-error.js';

// Below the ephemeral ranges of Linux (32768) and macOS (49152). A client that keeps reconnecting to a
// killed server on an ephemeral port can be given that port itself, and then talks to nobody but itself.
const LOWEST = 15_000;
const BEYOND = 32_000;

/**
 * Picks `count` different ports of 127.0.0.1 that nobody listens on now. They stay this process's until it ends: no
 * call of this function on this machine answers them again, so a server may take its time to start, or be killed and
 * started again on the same port.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const candidate = randomInt(LOWEST, BEYOND);
    if ((await claim(candidate)) && (await isFree(candidate))) found.push(candidate);
  }
  return found;
}

/**
 * Starts a server, again up to twice if another program has taken a port of it between the choice and the start. Each
 * time `start` has to choose its ports anew.
 */
export async function onFreePorts<T>(start: () => Promise<T>): Promise<T> {
  for (let left = 2; ; left -= 1) {
    try {
      return await start();
    } catch (error) {
      if (left === 0 || !isPortTaken(error)) throw error;
    }
  }
}

/** A server that cannot listen ends, and its log says why. */
function isPortTaken(error: unknown): boolean {
  return error instanceof LocalStackError && /address already in use/i.test(error.message);
}

/**
 * Whether this process holds the port now. The claim is the UDP socket of the same number, which nothing here uses:
 * the system gives it to one process only and takes it back when that is gone, however it died.
 */
function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.unref();
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
