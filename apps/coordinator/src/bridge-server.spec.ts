import { afterEach, describe, expect, it } from '@jest/globals';
import { BridgeServer } from './bridge-server.js';

let server: BridgeServer | undefined;

afterEach(() => server?.stop());

describe('what a bridge shows of itself', () => {
  it.each([
    ['/health/live', 200, ''],
    ['/health/ready', 200, ''],
    ['/metrics', 200, 'saga_command_under_way 0\n'],
    ['/sagas', 404, ''],
  ])('is at %s: %d', async (path, status, text) => {
    const response = await ask(path, () => Promise.resolve('saga_command_under_way 0\n'));

    expect(response.status).toBe(status);
    expect(await response.text()).toBe(text);
  });

  it('has no metrics where none are kept', async () => {
    expect((await ask('/metrics', () => Promise.resolve(undefined))).status).toBe(404);
  });

  it('goes on when they cannot be told', async () => {
    expect((await ask('/metrics', () => Promise.reject(new Error('broken')))).status).toBe(500);
  });
});

async function ask(path: string, page: () => Promise<string | undefined>): Promise<Response> {
  server = new BridgeServer({ host: '127.0.0.1', port: 0 }, { page });
  return fetch(`http://127.0.0.1:${await server.start()}${path}`, { headers: { connection: 'close' } });
}
