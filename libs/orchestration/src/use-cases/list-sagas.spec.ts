import { describe, expect, it } from '@jest/globals';
import { InMemoryOperatorStore, InMemoryTables } from '#libs/memory';
import { compileDefinitions } from '#libs/saga';
import { instance } from './home.fixture.js';
import { ListSagas, type ListFilter } from './list-sagas.js';

function idOf(number: number): string {
  return `0193b5a0-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

const programs = compileDefinitions([
  {
    file: 'sagas.yaml',
    text: ['order', 'return', 'audit']
      .map((name, index) => {
        const owner = ['owner: sales', 'owner: warehouse', ''][index];
        return `saga: ${name}\nversion: 1\n${owner}\nkey: input.id\nsteps:\n  - wait: pause\n    for: 1m`;
      })
      .join('\n---\n'),
  },
]).programs;
const definitions = {
  all: () => programs,
  refresh: () => Promise.resolve(),
  current: (name: string) => programs.find(({ definition }) => definition === name),
};

function listOf(count: number): ListSagas {
  const tables = new InMemoryTables();
  for (let number = 1; number <= count; number += 1)
    tables.instances.set(idOf(number), instance(idOf(number)));
  return new ListSagas(new InMemoryOperatorStore(tables), definitions);
}

describe('a list of sagas', () => {
  it('names the next page while there is one', async () => {
    const sagas = listOf(5);
    const first = await sagas.list({ limit: 2 });
    const second = await sagas.list({ limit: 2, before: first.next! });
    const third = await sagas.list({ limit: 2, before: second.next! });

    expect([first, second, third].map((page) => page.sagas.map(({ id }) => id))).toEqual([
      [idOf(5), idOf(4)],
      [idOf(3), idOf(2)],
      [idOf(1)],
    ]);
    expect(third.next).toBeUndefined();
  });

  it('names no next page when this one is just full', async () => {
    expect((await listOf(2).list({ limit: 2 })).next).toBeUndefined();
  });

  it('goes on behind the largest page', async () => {
    expect((await listOf(501).list({ limit: 500 })).next).toBe(idOf(2));
  });

  it('tells whose they are, and lists those of one team', async () => {
    const tables = new InMemoryTables();
    for (const [number, definition] of ['order', 'return', 'audit', 'gone', 'return'].entries())
      tables.instances.set(idOf(number), { ...instance(idOf(number)), definition });
    const sagas = new ListSagas(new InMemoryOperatorStore(tables), definitions);
    const owners = async (filter: ListFilter) =>
      (await sagas.list(filter)).sagas.map(({ definition, owner }) => [definition, owner]);

    expect(await owners({})).toEqual([
      ['return', 'warehouse'],
      ['gone', undefined],
      ['audit', undefined],
      ['return', 'warehouse'],
      ['order', 'sales'],
    ]);
    expect(await owners({ owner: 'warehouse' })).toEqual([
      ['return', 'warehouse'],
      ['return', 'warehouse'],
    ]);
    expect(await owners({ owner: 'sales', definition: 'return' })).toEqual([]);
  });

  it('names the owners there are where one is meant that owns nothing', async () => {
    await expect(listOf(1).list({ owner: 'sale' })).rejects.toThrow(
      'no definition is owned by "sale"; owners are sales, warehouse',
    );
  });

  it.each([
    ['ordre', 'there is no definition "ordre". Did you mean "order"?'],
    ['invoice', 'there is no definition "invoice"; published are: audit, order, return'],
  ])('does not take %s, that nobody has published, for one without sagas', async (definition, message) => {
    expect((await listOf(1).list({ definition: 'return' })).sagas).toEqual([]);
    await expect(listOf(1).list({ definition })).rejects.toThrow(message);
  });

  it('knows what was published a moment ago', async () => {
    let known: Pick<typeof definitions, 'current'> = { current: () => undefined };
    const late = {
      ...definitions,
      current: (name: string) => known.current(name),
      refresh: () => Promise.resolve(void (known = definitions)),
    };
    const sagas = new ListSagas(new InMemoryOperatorStore(new InMemoryTables()), late);

    expect((await sagas.list({ definition: 'order' })).sagas).toEqual([]);
  });

  it.each([0, 501, 1.5])('refuses the limit %d', async (limit) => {
    await expect(listOf(0).list({ limit })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
