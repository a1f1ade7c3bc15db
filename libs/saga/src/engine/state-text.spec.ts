import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../compiler/compile-definitions.js';
import type { SagaState } from '../turn.js';
import { advance } from './advance.js';
import { openingOf, stateText } from './state-text.js';

const text = `
saga: order
version: 1
key: input.orderId
timeout: 1h
steps:
  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
  - step: ship
    call: shipping.ship
    pivot: true
`;

function started(): { readonly states: readonly SagaState[] } {
  const program = compileDefinitions([{ file: 'order.yaml', text }]).programs[0]!;
  const facts = { id: 's', key: 'o-1', definition: 'order', version: 1, startedAt: 5, hops: 0 };
  const input = { orderId: 'o-1', lines: [{ sku: 'a', count: 2 }] };
  const first = advance(program, undefined, { kind: 'start', now: 5, facts, input, toggles: {} }).state;
  const answer = {
    kind: 'answer',
    now: 6,
    operation: 'reserve/1/do',
    attempt: 1,
    outcome: 'succeeded',
    data: 'r-1',
  } as const;
  return { states: [first, advance(program, first, answer).state] };
}

describe('the text of a state', () => {
  it('is that of the whole state, from one input to the next', () => {
    const { states } = started();
    let opening = undefined;
    for (const state of states) {
      opening = openingOf(state, opening);
      expect(stateText(state, opening)).toBe(JSON.stringify(state));
    }
  });

  it('keeps the opening as long as it holds', () => {
    const [first, second] = started().states;
    const opening = openingOf(first!, undefined);

    expect(openingOf(second!, opening)).toBe(opening);
    const closed = { ...second!, facts: { ...second!.facts, result: 'late' } };
    expect(JSON.parse(stateText(closed, openingOf(closed, opening)))).toMatchObject({
      facts: { result: 'late' },
      input: first!.input,
    });
  });

  it('names every part that the engine keeps', () => {
    const [state] = started().states;
    const parts = Object.keys(state!).toSorted();
    const full = Object.fromEntries(parts.map((part) => [part, part])) as unknown as SagaState;

    expect(Object.keys(JSON.parse(stateText(full, openingOf(full, undefined)))).toSorted()).toEqual(parts);
  });

  it('takes in what stands beside it', () => {
    const [state] = started().states;
    expect(JSON.parse(stateText(state!, openingOf(state!, undefined), { isLetGo: true }))).toEqual({
      ...JSON.parse(JSON.stringify(state)),
      isLetGo: true,
    });
  });
});
