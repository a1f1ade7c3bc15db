import { describe, expect, it } from '@jest/globals';
import { spentTime, type Spending, type Stretch } from './spent-time.js';

const nothing = { 'value-adding': 0, handoff: 0, waste: 0, unmarked: 0, waiting: 0 };

function stretch(as: Spending, from: number, to: number): Stretch {
  return { block: 'any', as, from, to };
}

describe('the time of a saga', () => {
  it('goes to waiting where nothing was under way', () => {
    expect(spentTime(100, 200, [stretch('value-adding', 120, 150)])).toEqual({
      ...nothing,
      'value-adding': 30,
      waiting: 70,
    });
  });

  it('goes once to the best of what happened at once', () => {
    const together = [stretch('waste', 0, 50), stretch('value-adding', 20, 30), stretch('unmarked', 40, 80)];

    expect(spentTime(0, 100, together)).toEqual({
      ...nothing,
      'value-adding': 10,
      waste: 40,
      unmarked: 30,
      waiting: 20,
    });
  });

  it('is divided between start and end only', () => {
    expect(spentTime(100, 200, [stretch('handoff', 50, 300)])).toEqual({ ...nothing, handoff: 100 });
  });
});
