import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import { laneStoreContract } from '#libs/testing';
import { postgresFixture, type PostgresFixture } from './postgres-fixture.js';

// The machine may be busy.
jest.setTimeout(60_000);

/** One planted fault in the functions of the database, and the sentence of the contract that it breaks. */
interface Mutant {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

const mutants: readonly Mutant[] = [
  {
    name: 'a commit that does not compare epochs',
    from: 'held.epoch is distinct from x.epoch or',
    to: '',
    because: 'refuses a former holder and names the lane',
  },
  {
    name: 'a commit that does not compare numbers',
    from: 'or held.seq is distinct from x.seq',
    to: '',
    because: 'applies a batch without messages once only',
  },
  {
    name: 'a commit that deletes by number alone',
    from: 'o.topic = _topics[x.lane] and o.part = _parts[x.lane] and',
    to: '',
    because: 'deletes exactly the acknowledged rows of the lane',
  },
  {
    name: 'a commit that deletes up to a number',
    from: 'and o.seq = x.seq',
    to: 'and o.seq <= x.seq',
    because: 'deletes exactly the acknowledged rows of the lane',
  },
  {
    name: 'a commit that does not compare revisions',
    from: 'and s.revision = x.revision - 1',
    to: '',
    because: 'names an instance of another revision and writes nothing',
  },
  {
    name: 'a commit that does not count its updates',
    from: 'changed <> cardinality(_ids)',
    to: 'false',
    because: 'names an instance that is not live as a conflict',
  },
  {
    name: 'a commit that loses the position of a batch without one',
    from: 'coalesce(x.next_offset, l.next_offset)',
    to: 'x.next_offset',
    because: 'keeps position and anchor of a batch without them',
  },
  {
    name: 'a commit that forgets the outbox',
    from: 'where x.payload is not null',
    to: 'where false',
    because: 'shows the next holder what was committed and not deleted, oldest first',
  },
  {
    name: 'a commit that forgets archived sagas',
    from: 'or exists (select from saga_archive a',
    to: 'and exists (select from saga_archive a',
    because: 'knows a repeated start after its saga was archived',
  },
  {
    name: 'a commit that forgets nothing it set aside',
    from: 'and p.record_offset = x."offset"',
    to: 'and false',
    because: 'forgets parked records that are done with',
  },
  {
    name: 'a commit that replaces answers',
    from: 'on conflict do nothing;',
    to: 'on conflict (request) do update set result = excluded.result, detail = excluded.detail;',
    because: 'keeps the first answer to a request',
  },
  {
    name: 'a commit that never forgets a desk',
    from: 'where d.id = x.id::uuid',
    to: 'where false',
    because: 'forgets desks that are gone',
  },
  {
    name: 'a commit that leaves a desk as it was',
    from: 'state = excluded.state;',
    to: 'state = d.state;',
    because: 'replaces what changes in a desk',
  },
];

let fixture: PostgresFixture;
let functions: readonly string[];

beforeAll(async () => {
  fixture = await postgresFixture('skald_mutants');
  const { rows } = await fixture.admin.query<{ text: string }>(
    "select pg_get_functiondef(oid) as text from pg_proc where proname like 'skald\\_%'",
  );
  functions = rows.map((row) => row.text);
});

afterAll(() => fixture.close());

describe('the functions of the database, each with one fault', () => {
  for (const { name, from, to, because } of mutants) {
    laneStoreContract.rejects(
      name,
      async () => {
        const changed = functions.map((text) => text.replace(from, to));
        expect(changed).not.toEqual(functions);
        for (const text of changed) await fixture.admin.query(text);
        return { subject: await fixture.emptied(), close: restore };
      },
      because,
    );
  }
});

async function restore(): Promise<void> {
  for (const text of functions) await fixture.admin.query(text);
}
