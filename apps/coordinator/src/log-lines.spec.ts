import { afterEach, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

let api: ApiFixture;

afterEach(() => api.stop());

async function linesOf(environment: Readonly<Record<string, string>>) {
  api = await ApiFixture.start(environment);
  const before = api.service.logged.length;
  const { body } = await api.order({ orderId: 'l-1', total: 5_000, card: '4111-1111' }, 'log-1');
  const id = String(body['id']);
  await api.ended(id, 'compensated');
  const lines = api.service.logged.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
  return { id, lines };
}

describe('the log', () => {
  it('says nothing of sagas that go their way', async () => {
    const { lines } = await linesOf({ SKALD_LOG_LEVEL: 'info' });

    expect(lines).toEqual([]);
  });

  it('has a line for each state change where details are wanted', async () => {
    const { id, lines } = await linesOf({ SKALD_LOG_LEVEL: 'debug' });
    const moves = lines.filter(({ message }) => message === 'saga moved');

    expect(moves[0]).toMatchObject({
      level: 'debug',
      saga: id,
      definition: 'order-fulfilment',
      input: 'start',
      step: 'reserveStock',
      effects: 'open',
      topic: 'skald.home',
      partition: expect.any(Number),
      offset: expect.any(Number),
    });
    expect(moves.map(({ input }) => input)).toEqual(['start', ...Array.from({ length: 5 }, () => 'answer')]);
    expect(JSON.stringify(lines)).not.toMatch(/4111-1111|5000/);
  });
});
