import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald status', () => {
  it('tells how far something is', async () => {
    const body = {
      what: 'Your order',
      key: 'O 1',
      status: 'running',
      startedAt: '2026-11-21T08:00:00.000Z',
      stages: ['Payment', 'Packing'],
      waitsFor: [
        { text: 'We charge your card', since: '2026-11-21T08:00:01.000Z' },
        {
          text: 'It is packed',
          since: '2026-11-21T08:00:02.000Z',
          expectedAt: '2026-11-21T10:00:02.000Z',
        },
      ],
      needsSomebody: true,
    };
    coordinator.answer(() => ({ body }));

    const { out } = await terminal(['status', 'order', 'O 1'], { SKALD_URL: coordinator.url });

    expect(coordinator.arrived[0]?.url).toBe('/status?definition=order&key=O+1');
    expect(out.split('\n')).toEqual([
      'Your order O 1: running',
      'Since 2026-11-21 08:00:00.000Z',
      'At Payment and Packing',
      '- We charge your card (since 2026-11-21 08:00:01.000Z)',
      '- It is packed (since 2026-11-21 08:00:02.000Z, expected 2026-11-21 10:00:02.000Z)',
      'Somebody has to look at it.',
    ]);
  });
});
