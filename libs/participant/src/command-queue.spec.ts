import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/messaging';
import { CommandQueue } from './command-queue.js';

const clock = new SystemClock();

interface Item {
  readonly saga: string;
  readonly name: string;
}

describe('a queue of commands', () => {
  it('never puts two commands of a saga into one batch', async () => {
    const { queue, batches } = recording();

    queue.add(['a1', 'a2', 'b1', 'a3', 'b2'].map(item));
    await queue.close();

    expect(batches[0]).toEqual(['a1', 'b1']);
  });

  it('hands out the next command of a saga when the one before is done', async () => {
    const { queue, batches, idle } = recording();

    queue.add(['a1', 'a2', 'a3', 'b1'].map(item));
    await idle(4);

    expect(batches).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
  });

  it('keeps to its limits', async () => {
    const { queue, batches, idle, most } = recording(2, 2);

    queue.add(['a1', 'b1', 'c1', 'd1', 'e1', 'f1', 'g1'].map(item));
    await idle(7);

    expect(batches.every((batch) => batch.length <= 2)).toBe(true);
    expect(most()).toBe(2);
  });

  it('hands nothing out once it is closed', async () => {
    const { queue, batches } = recording(1, 1);

    queue.add(['a1', 'b1'].map(item));
    await queue.close();
    queue.add([item('c1')]);

    expect(batches).toEqual([['a1']]);
  });
});

function recording(maxBatch = 10, concurrentBatches = 1) {
  const batches: string[][] = [];
  let running = 0;
  let most = 0;
  const queue = new CommandQueue<Item>({ maxBatch, concurrentBatches }, clock, async (batch) => {
    batches.push(batch.map(({ name }) => name));
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  });
  const idle = async (count: number): Promise<void> => {
    const giveUpAt = clock.elapsed() + 15_000;
    while (batches.flat().length < count || running > 0) {
      if (clock.elapsed() > giveUpAt)
        throw new Error(`only ${batches.flat().length} of ${count} were handed out`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { queue, batches, idle, most: () => most };
}

function item(name: string): Item {
  return { saga: name.slice(0, 1), name };
}
