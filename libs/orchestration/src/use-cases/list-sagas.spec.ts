import { describe, expect, it } from '@jest/globals';
import { InMemoryOperatorStore, InMemoryTables } from '#libs/memory';
import { instance } from './home.fixture.js';
import { ListSagas } from './list-sagas.js';

function idOf(number: number): string {
  return `0193b5a0-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

function listOf(count: number): ListSagas {
  const tables = new InMemoryTables();
  for (let number = 1; number <= count; number += 1)
    tables.instances.set(idOf(number), instance(idOf(number)));
  return new ListSagas(new InMemoryOperatorStore(tables));
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

  it.each([0, 501, 1.5])('refuses the limit %d', async (limit) => {
    await expect(listOf(0).list({ limit })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
