import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePorts } from './free-ports.js';

describe('free ports', () => {
  const open: Socket[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.close();
  });

  it('stay claimed while nobody listens on them yet', async () => {
    const ports = await freePorts(3);

    const answers = await Promise.all(ports.map((port) => bind(port, open)));

    expect(new Set(ports).size).toBe(3);
    expect(answers).toEqual(['EADDRINUSE', 'EADDRINUSE', 'EADDRINUSE']);
  });

  it('are never answered twice', async () => {
    const before = await freePorts(200);

    const after = await freePorts(200);

    expect(new Set([...before, ...after]).size).toBe(400);
  });
});

/** What the system answers to whoever wants the claim: `bound`, or the code of its refusal. */
function bind(port: number, open: Socket[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    open.push(socket);
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve('bound'));
  });
}
