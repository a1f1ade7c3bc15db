import { describe, expect, it } from '@jest/globals';
import { catalogueOf, findInCatalogue } from '../src/survey/catalogue.js';
import { exampleSources } from './example-sagas.fixture.js';

describe('a catalogue of definitions', () => {
  const catalogue = catalogueOf(exampleSources);
  const found = (word: string) => findInCatalogue(catalogue, word);

  it('says what something is, where it is written and who uses it', () => {
    expect(found('notify')[0]).toEqual({
      kind: 'fragment',
      name: 'notify',
      origin: expect.stringMatching(/^returns?\.yaml:\d+$/),
      usedBy: ['saga return: tellNotReceived', 'saga return: tellWrongItem'],
    });
  });

  it('finds commands that only undo or verify something', () => {
    expect(found('inventory.reservation')[0]).toMatchObject({
      kind: 'command',
      usedBy: expect.arrayContaining(['saga order-fulfilment: reserveStock']),
    });
  });

  it('finds tables, roles, facts, events and sagas by who uses them', () => {
    const kinds = found('saga release-route-plan').map(({ kind, name }) => `${kind} ${name}`);

    expect(kinds).toEqual(
      expect.arrayContaining(['decision route-rules', 'role dispatcher', 'fact traffic.road']),
    );
  });

  it('has what is used and declared by nobody', () => {
    const undeclared = found('legacy').filter(({ origin }) => origin === undefined);

    expect(catalogue.some(({ origin }) => origin === undefined)).toBe(true);
    for (const { usedBy } of undeclared) expect(usedBy).not.toEqual([]);
  });

  it('puts what is called like that first', () => {
    const names = found('payment').map(({ name }) => name.includes('payment'));

    expect(names[0]).toBe(true);
    expect(names.lastIndexOf(true)).toBeLessThan(names.includes(false) ? names.indexOf(false) : names.length);
  });

  it('finds nothing for a word that is nowhere', () => {
    expect(found('zeppelin')).toEqual([]);
  });
});
