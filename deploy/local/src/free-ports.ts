import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ephemeral ranges of Linux (32768) and macOS (49152). A client that keeps reconnecting to a
// killed server on an ephemeral port can be given that port itself, and then talks to nobody but itself.
const LOWEST = 15_000;
const BEYOND = 32_000;

/** Picks `count` different ports of 127.0.0.1 that nobody listens on now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const candidate = randomInt(LOWEST, BEYOND);
    if (await isFree(candidate)) found.add(candidate);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
