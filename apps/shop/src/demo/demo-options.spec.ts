import { describe, expect, it } from '@jest/globals';
import { demoOptions, DemoUsageError } from './demo-options.js';

describe('options of the demo', () => {
  it('are what was said, with defaults for the rest', () => {
    expect(demoOptions(['--keep', '--orders=20'])).toEqual({
      orders: 20,
      perSecond: 40,
      keep: true,
      inMemory: false,
      watch: false,
    });
  });

  it.each([
    [['--keep', '--in-memory'], 'leave out --in-memory'],
    [['--order=20'], 'there is no option --order'],
    [['--orders=many'], '--orders has to be a whole number above 0'],
    [['--sabotage=charge'], 'knows only "refund"'],
  ])('are refused before anything is started: %j', (args, problem) => {
    expect(() => demoOptions(args)).toThrow(DemoUsageError);
    expect(() => demoOptions(args)).toThrow(problem);
  });
});
