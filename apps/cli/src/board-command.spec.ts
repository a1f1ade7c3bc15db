import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CancelTimer } from '#libs/messaging';
import { FakeClock } from '#libs/testing';
import type { ShownBoard } from './board-page.js';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { run } from './run.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();
const aged = { oldestAt: '2026-11-21T08:00:00.000Z', withIncident: 1, overHour: 2, overDay: 0 };

/** A clock that tells when somebody waits on it. */
class AwaitedClock extends FakeClock {
  private waits = 0;
  private reached: () => void = () => undefined;

  override after(delayMs: number, run: () => void): CancelTimer {
    this.waits += 1;
    this.reached();
    return super.after(delayMs, run);
  }

  async waited(times: number): Promise<void> {
    while (this.waits < times)
      await new Promise<void>((resolve) => {
        this.reached = resolve;
      });
  }
}

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald board', () => {
  it('says where live sagas stand, and for how long', async () => {
    const stages = [
      { stage: 'charge', status: 'running', count: 3, ...aged },
      { stage: 'reserve', status: 'compensating', count: 1, ...aged },
      { status: 'running', count: 4, ...aged },
    ];
    const board = [{ definition: 'order', owner: 'sales', live: 8, stages }];
    coordinator.answer(() => ({ body: { board } }));

    const { out } = await skald('board', 'order');

    expect(coordinator.arrived.at(-1)?.url).toBe('/board?definition=order');
    expect(out).toMatch(/^order: 8 live, owner sales\nstage +sagas +oldest/);
    expect(out).toMatch(/^charge +3 .* 2 +0 +1$/m);
    expect(out).toMatch(/^undo of reserve +1 /m);
    expect(out).toMatch(/^- +4 /m);
  });

  it('says when none is live', async () => {
    coordinator.answer(() => ({ body: { board: [] } }));

    expect((await skald('board')).out).toBe('no saga is live');
  });
});

describe('skald board --watch', () => {
  const first = boardOf('order', { charge: 3, ship: 2 });
  let clock: AwaitedClock;
  let written: string[];

  beforeEach(() => {
    clock = new AwaitedClock(Date.UTC(2026, 10, 21, 9));
    written = [];
  });

  /** It ends with the process only: here it is left waiting on a clock that nobody moves any more. */
  function watching(given: { readonly onScreen: boolean }, ...args: readonly string[]): void {
    const write = (text: string): void => void written.push(text);
    const screen = given.onScreen ? { redraw: (text: string) => write(`on the screen: ${text}`) } : {};
    void run(['board', '--watch', ...args], {
      env: { SKALD_URL: coordinator.url },
      clock,
      print: write,
      warn: write,
      readInput: () => Promise.resolve(''),
      ...screen,
    });
  }

  /** What so many looks wrote: it waits on the clock behind each. */
  async function looks(count: number, everyMs = 5_000): Promise<readonly string[]> {
    for (let look = 1; ; look += 1) {
      await clock.waited(look);
      if (look === count) return written;
      await clock.run(everyMs);
    }
  }

  it('draws the board anew with what moved since the look before', async () => {
    const answers = [[first], [boardOf('order', { charge: 6, pack: 1 }), boardOf('refund', { pay: 1 })], []];
    coordinator.answer(() => ({ body: { board: answers.shift() } }));

    watching({ onScreen: true });

    const [one, two, three] = await looks(3);
    expect(one!.split('\n')).toEqual([
      'on the screen: 2026-11-21 09:00:00.000Z, until Ctrl-C',
      '',
      'order: 5 live',
      expect.stringMatching(/^stage +sagas +oldest/),
      expect.stringMatching(/^charge +3 +1 h/),
      expect.stringMatching(/^ship +2 +1 h/),
    ]);
    expect(two!.split('\n')).toEqual([
      'on the screen: 2026-11-21 09:00:05.000Z, until Ctrl-C',
      '',
      'order: 7 live (+2)',
      expect.stringMatching(/^stage +sagas +moved +oldest/),
      expect.stringMatching(/^charge +6 +\+3 /),
      expect.stringMatching(/^pack +1 +\+1 /),
      expect.stringMatching(/^ship +0 +-2 +- +0 +0 +0$/),
      '',
      'refund: 1 live (+1)',
      expect.stringMatching(/^stage +sagas +moved +oldest/),
      expect.stringMatching(/^pay +1 +\+1 /),
    ]);
    expect(three).toMatch(/^order: 0 live \(-7\)$/m);
  });

  it('writes only what moved where there is no screen', async () => {
    const answers = [[first], [first], [boardOf('order', { charge: 2, ship: 2 })]];
    coordinator.answer(() => ({ body: { board: answers.shift() } }));

    watching({ onScreen: false }, '30');

    expect(await looks(3, 30_000)).toEqual([
      '2026-11-21 09:00:00.000Z order charge: 3',
      '2026-11-21 09:00:00.000Z order ship: 2',
      '2026-11-21 09:01:00.000Z order charge: 2 (-1)',
    ]);
  });

  it('goes on when the coordinator is away for a while', async () => {
    const answers = [{ board: [first] }, undefined, { board: [] }];
    coordinator.answer(() => {
      const body = answers.shift();
      return body === undefined ? { status: 503, body: { detail: 'it is starting' } } : { body };
    });

    watching({ onScreen: false }, '-o', 'json');

    expect(await looks(3)).toEqual([
      JSON.stringify({ board: [first] }),
      'skald: it is starting',
      JSON.stringify({ board: [] }),
    ]);
  });

  it('fails where the first look does', async () => {
    coordinator.answer(() => ({ status: 404, body: { detail: 'no definition "ordr"' } }));

    expect(await skald('board', 'ordr', '--watch')).toMatchObject({ code: 1 });
  });

  it('takes a number of seconds', async () => {
    expect(await skald('board', '--watch', 'order')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--watch has to be a whole number from 1 to 3600, not "order"'),
    });
  });
});

function boardOf(definition: string, counts: Readonly<Record<string, number>>): ShownBoard {
  const stages = Object.entries(counts).map(([stage, count]) => ({
    stage,
    status: 'running' as const,
    count,
    ...aged,
  }));
  return { definition, live: stages.reduce((sum, { count }) => sum + count, 0), stages };
}
