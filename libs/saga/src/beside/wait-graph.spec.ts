import { describe, expect, it } from '@jest/globals';
import type { Claimant, Waiting } from './lock.js';
import { findCircle } from './wait-graph.js';

const ages: Readonly<Record<string, number>> = { a: 1, b: 2, c: 3 };

function who(saga: string, parts: Partial<Claimant> = {}): Claimant {
  return { saga, definition: 'deliver', key: saga, startedAt: ages[saga] ?? 0, ...parts };
}

function waits(waiter: string, holder: string, parts: Partial<Claimant> = {}): readonly Waiting[] {
  return [{ waiter: who(waiter, parts), id: 'slot/1/wait', holder: who(holder) }];
}

describe('sagas that wait for each other', () => {
  it('are found, and the youngest gives way', () => {
    const graph = { r1: waits('a', 'b'), r2: waits('b', 'c'), r3: waits('c', 'a') };
    const found = findCircle(graph, 'r3')!;

    expect(found.sagas.map(({ saga }) => saga).toSorted()).toEqual(['a', 'b', 'c']);
    expect([found.resource, found.waiting.waiter.saga]).toEqual(['r3', 'c']);
  });

  it('are spared where they can only go on', () => {
    const graph = { r1: waits('a', 'b'), r2: waits('b', 'a', { keeps: true }) };

    expect(findCircle(graph, 'r2')!.waiting.waiter.saga).toBe('a');
  });

  it('may wait for what they have started', () => {
    const graph = { r1: waits('child', 'a', { parent: 'a' }) };

    expect(findCircle(graph, 'r1')!.waiting.waiter.saga).toBe('child');
  });

  it('are none where somebody goes on', () => {
    const graph = { r1: waits('a', 'b'), r2: waits('b', 'c') };

    expect([findCircle(graph, 'r1'), findCircle(graph, 'r2'), findCircle(graph, 'r9')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
