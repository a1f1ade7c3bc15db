import { describe, expect, it } from '@jest/globals';
import { maskOf } from './masking.js';

const medical = (...path: readonly string[]) => ({ path, fieldClass: 'medical' });

describe('data of which parts are classed', () => {
  const input = { id: 'x', diagnosis: 'flu', visits: [{ finding: 'a fracture', day: 1 }], age: 7 };
  const mask = maskOf([[input, [medical('diagnosis'), medical('visits', '*', 'finding'), medical('age')]]]);

  it('is covered where it is classed, numbers too', () => {
    expect(
      mask.parts(input, [medical('diagnosis'), medical('visits', '*', 'finding'), medical('age')]),
    ).toEqual({
      id: 'x',
      diagnosis: '[masked: medical]',
      visits: [{ finding: '[masked: medical]', day: 1 }],
      age: '[masked: medical]',
    });
  });

  it('is covered where its texts are repeated', () => {
    expect(mask.repeats({ message: 'cannot treat a fracture', what: 'flu', age: 7 })).toEqual({
      message: 'cannot treat [masked: medical]',
      what: '[masked: medical]',
      age: 7,
    });
  });

  it('leaves alone what only begins like a short text', () => {
    expect(mask.repeats('fluent')).toBe('fluent');
  });
});
