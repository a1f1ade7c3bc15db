import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import type { Behaving } from '../harness/behaviour.js';

const documents = `saga: transfer-money
version: 1
key: input.transferId
timeout: 1h
defaults: { step: { timeout: 1s, retry: { attempts: 20, delay: 100ms, factor: 1 } } }
triggers: [{ event: bank.transfer.wanted }]
steps:
  - parallel: prepare
    branches:
      fraud: [{ step: checkFraud, call: fraud.check }]
      compliance: [{ step: checkCompliance, call: compliance.check }]
      money: [{ step: hold, call: ledger.hold, compensate: ledger.release }]
  - step: book
    call: ledger.book
    pivot: true
  - step: release
    call: ledger.release
    with: { transferId: '\${ input.transferId }' }
outcomes:
  completed: { emit: bank.transfer.booked, with: { transferId: '\${ input.transferId }' } }
  compensated: { emit: bank.transfer.refused, with: { transferId: '\${ input.transferId }', why: '\${ failure.error }' } }
---
participant: fraud
commands: { check: { effect: none, rejects: [suspicious] } }
---
participant: compliance
commands: { check: { effect: none, rejects: [sanctioned] } }
---
participant: ledger
commands:
  hold: { rejects: [no-money], undoneBy: ledger.release, verify: ledger.status }
  release: { }
  book: { rejects: [closed-account], verify: ledger.status }
  status: { effect: none }
`;

jest.setTimeout(90_000);

interface Way {
  readonly name: string;
  readonly fails: boolean;
  readonly behaviour?: Behaving | readonly Behaving[];
}

const ok: Way = { name: 'ok', fails: false };

/** What each participant may do, and whether the transfer fails for it. */
const ways = {
  'fraud.check': [
    ok,
    { name: 'suspicious', fails: true, behaviour: { rejected: 'suspicious', lateMs: 500 } },
  ],
  'compliance.check': [
    ok,
    { name: 'sanctioned', fails: true, behaviour: { rejected: 'sanctioned' } },
    { name: 'lost', fails: false, behaviour: [{ silent: 'not-done' }] },
  ],
  'ledger.hold': [
    ok,
    { name: 'no-money', fails: true, behaviour: { rejected: 'no-money' } },
    { name: 'unheard', fails: false, behaviour: [{ silent: 'done' }] },
    { name: 'lost', fails: false, behaviour: [{ silent: 'not-done' }] },
  ],
  'ledger.book': [
    ok,
    { name: 'closed', fails: true, behaviour: { rejected: 'closed-account' } },
    { name: 'unheard', fails: false, behaviour: [{ silent: 'done' }] },
    { name: 'busy', fails: false, behaviour: [{ failed: 'busy' }, { failed: 'busy' }] },
  ],
} as const satisfies Readonly<Record<string, readonly Way[]>>;

interface Transfer {
  readonly id: string;
  readonly fails: boolean;
}

let bench: SagaBench;
let transfers: readonly Transfer[];

beforeAll(async () => {
  bench = await startSagaBench({ name: 'bank-transfer', documents, coordinators: 2 });
  transfers = everyTransfer();
  for (const { id } of transfers) await bench.publish('bank.transfer.wanted', { transferId: id, cents: 100 });
  // In the middle of it all.
  await bench.participants.arrived('ledger.hold', transfers[20]!.id);
  await bench.kill(0);
  await bench.restart(0);
  for (const { id } of transfers) await bench.ended(id, { withinMs: 60_000 });
}, 180_000);

afterAll(async () => {
  await bench?.discard();
});

function everyTransfer(): readonly Transfer[] {
  const commands = Object.entries(ways) as readonly (readonly [string, readonly Way[]])[];
  const chosen = commands.reduce<readonly (readonly Way[])[]>(
    (before, [, each]) => before.flatMap((path) => each.map((way) => [...path, way])),
    [[]],
  );
  return chosen.map((path) => {
    const id = path.map(({ name }) => name).join('/');
    for (const [index, { behaviour }] of path.entries())
      if (behaviour !== undefined) bench.participants.behave(commands[index]![0], behaviour, { key: id });
    return { id, fails: path.some(({ fails }) => fails) };
  });
}

function count(id: string, command: string): number {
  return bench.participants.done(id).filter((done) => done === command).length;
}

describe('96 transfers in every way they can go', () => {
  it('end as their checks and the ledger say', async () => {
    expect(transfers).toHaveLength(96);
    const pages = await Promise.all(transfers.map(({ id }) => bench.page(id)));

    expect(pages.map((page) => `${page!.businessKey}: ${page!.status}`)).toEqual(
      transfers.map(({ id, fails }) => `${id}: ${fails ? 'compensated' : 'completed'}`),
    );
  });

  it('leave no money held', () => {
    const held = transfers.filter(({ id }) => count(id, 'ledger.hold') !== count(id, 'ledger.release'));

    expect(held).toEqual([]);
    expect(transfers.some(({ id, fails }) => fails && count(id, 'ledger.release') === 1)).toBe(true);
  });

  it('are booked once, and only when nothing is wrong', () => {
    expect(transfers.filter(({ id, fails }) => count(id, 'ledger.book') !== (fails ? 0 : 1))).toEqual([]);
  });

  it('hold money at most once', () => {
    expect(transfers.filter(({ id }) => count(id, 'ledger.hold') > 1)).toEqual([]);
  });

  it('leave no incident', async () => {
    const rows = await bench.query<{ open: string }>(
      'select count(*) as open from saga_incident where closed_at is null',
    );

    expect(Number(rows[0]!.open)).toBe(0);
  });
});
