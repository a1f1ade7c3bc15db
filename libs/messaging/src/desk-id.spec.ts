import { describe, expect, it } from '@jest/globals';
import { deriveDeskId, isDeskId } from './desk-id.js';
import { homeOf, isSagaId } from './saga-id.js';

describe('the id of a desk', () => {
  it('is a uuid of version 8, for ever the same', () => {
    const id = deriveDeskId('lock', 'vehicle-7');

    expect(isDeskId(id)).toBe(true);
    expect(id).toBe(deriveDeskId('lock', 'vehicle-7'));
  });

  it('is never that of a saga', () => {
    expect(isSagaId(deriveDeskId('lock', 'vehicle-7'))).toBe(false);
    expect(isDeskId('019c13ec-9e7b-7a9c-9836-f805d0fcb6a3')).toBe(false);
  });

  it('depends on kind and key', () => {
    const ids = [deriveDeskId('lock', 'a'), deriveDeskId('lock', 'b'), deriveDeskId('fact', 'a')];

    expect(new Set(ids).size).toBe(3);
  });

  it('spreads over the home partitions', () => {
    const homes = Array.from({ length: 200 }, (_, no) => homeOf(deriveDeskId('lock', `vehicle-${no}`), 12));

    expect(new Set(homes).size).toBe(12);
  });
});
