import { describe, expect, it } from '@jest/globals';
import { header } from './header-name.js';
import { inbound } from './record.fixture.js';
import { readUsage, usageOf, usageText } from './usage.js';

describe('what a command used up', () => {
  const usage = { tokens: 1_840, 'input-tokens': 100, 'cost-eur': 0.012, calls: 0, tiny: 0.000_000_12 };

  it('is read as it was written', () => {
    expect(readUsage(usageText(usage))).toEqual({ ...usage, tiny: 0.000_000_12 });
  });

  it('is text for headers', () => {
    expect(usageText(usage)).toBe('tokens=1840, input-tokens=100, cost-eur=0.012, calls=0, tiny=0.00000012');
  });

  it('is read where it is one of the names every object has', () => {
    expect(readUsage('constructor=2')).toEqual({ constructor: 2 });
  });

  it.each([
    ['nothing', ''],
    ['a name alone', 'tokens'],
    ['less than nothing', usageText({ tokens: -1 })],
    ['no number', usageText({ tokens: Number.NaN })],
    ['more than can be counted', usageText({ tokens: 1e21 })],
    ['a name in capitals', usageText({ Tokens: 1 })],
    ['a name that ends in a hyphen', 'tokens-=1'],
    ['a name that is too long', usageText({ ['a'.repeat(41)]: 1 })],
    ['an amount twice', 'tokens=1, tokens=2'],
    ['too many amounts', usageText(Object.fromEntries([...'abcdefghi'].map((name) => [name, 1])))],
    ['an amount with its unit', 'cost=0.012 EUR'],
  ])('cannot be read where it is %s', (_, text) => {
    expect(readUsage(text)).toBeUndefined();
  });

  it('comes from a reply in its own words, as far as they can be stored', () => {
    expect(usageOf(inbound({ [header.usage]: `to\0kens ü${'!'.repeat(700)}` }, null))).toBe(
      `to?kens ?${'!'.repeat(591)}`,
    );
    expect(usageOf(inbound({}, null))).toBeUndefined();
  });
});
