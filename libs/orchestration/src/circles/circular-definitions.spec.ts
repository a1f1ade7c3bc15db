import { describe, expect, it } from '@jest/globals';
import type { Program } from '#libs/saga';
import { compiledPrograms } from '../coordinator.fixture.js';
import { circularGroups } from './circular-definitions.js';

const contract = `
participant: shop
events:
  shop.a.told: { key: data.id }
  shop.b.told: { key: data.id }
  shop.c.told: { key: data.id }
`;

function saga(name: string, waits: string, tells: string, version = 1): string {
  return `
saga: ${name}
version: ${version}
key: input.id
steps:
  - wait: waits
    event: ${waits}
  - emit: tells
    event: ${tells}
`;
}

function groups(...programs: readonly Program[]) {
  return circularGroups(programs).map(({ definitions }) => definitions);
}

const [a, b, straight, helper] = compiledPrograms(
  contract,
  saga('a', 'shop.b.told', 'shop.a.told'),
  saga('b', 'shop.a.told', 'shop.b.told'),
  saga('straight', 'shop.b.told', 'shop.c.told'),
  saga('helper', 'shop.c.told', 'shop.b.told'),
);

describe('definitions', () => {
  it('may come to wait for each other', () => {
    expect(groups(a!, b!)).toEqual([['a', 'b']]);
  });

  it('do not where nobody waits for them in turn', () => {
    expect(groups(a!)).toEqual([]);
    expect(groups(a!, straight!)).toEqual([]);
  });

  it('are looked at with whoever may help one of them', () => {
    const [help] = compiledPrograms(contract, saga('help', 'shop.c.told', 'shop.b.told'));

    expect(groups(a!, b!, help!)).toEqual([['a', 'b', 'help']]);
  });

  it('belong together in all their versions', () => {
    const [old] = compiledPrograms(contract, saga('b', 'shop.c.told', 'shop.b.told', 2));

    expect(groups(a!, b!, old!, helper!)).toEqual([['a', 'b', 'helper']]);
  });

  it('may wait for the end of one that waits for them', () => {
    expect(groups({ ...straight!, sagas: ['helper'], awaits: [] }, helper!)).toEqual([
      ['helper', 'straight'],
    ]);
  });
});
