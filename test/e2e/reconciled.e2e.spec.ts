import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Reconciliation } from '../../apps/cli/src/difference-page.js';
import type { ParticipantName } from '../harness/fleet-options.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { skaldCommand, type CommandResult } from '../harness/skald-command.js';

const count = 100;
const participants = ['inventory', 'payment', 'shipping'] as const;
const folder = mkdtempSync(path.join(tmpdir(), 'skald-reconciled-'));

jest.setTimeout(120_000);

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet({ name: 'reconciled', coordinators: 1 });
  await fleet.place({ mix: 'rough', count });
  await fleet.ended(count, 90_000);
}, 180_000);

afterAll(async () => {
  await fleet?.discard();
  rmSync(folder, { recursive: true });
});

describe('participants and a hundred rough orders that have ended', () => {
  it.each(participants)('agree about everything that %s remembers', async (participant) => {
    await eventually(`${participant} and its sagas to agree`, async () => {
      const { code, out } = await reconcile(participant, await rowsOf(participant));
      if (code !== 0) throw new Error(out);
      return true;
    });
  });

  it('are told apart where a row was lost, and another one was changed', async () => {
    const rows = await rowsOf('payment');
    const [lost, changed] = rows.filter(
      ({ state, operation }) => state === 'done' && operation.includes('/do~'),
    );
    const others = rows.filter((row) => row !== lost && row !== changed);

    const { code, out } = await reconcile(
      'payment',
      [...others, { ...changed!, state: 'rejected' }],
      '-o',
      'json',
    );

    const { differences, problems } = JSON.parse(out) as Reconciliation;
    expect([code, problems]).toEqual([1, []]);
    expect(new Map(differences.map(({ operation, kind }) => [operation, kind]))).toEqual(
      new Map([
        [lost!.operation, 'done-here-missing-there'],
        [changed!.operation, 'undone-there-done-here'],
      ]),
    );
  });
});

interface Row {
  readonly operation: string;
  readonly state: string;
  readonly at: string;
}

/** What a participant remembers, as its table says it. */
async function rowsOf(participant: ParticipantName): Promise<readonly Row[]> {
  const rows = await fleet.query<{ line: Row }>(
    `select json_build_object('operation', operation, 'state', state, 'at', changed_at) as line
       from ${participant}.skald_operation`,
  );
  return rows.map(({ line }) => line);
}

function reconcile(
  participant: ParticipantName,
  rows: readonly Row[],
  ...more: readonly string[]
): Promise<CommandResult> {
  const file = path.join(folder, `${participant}.jsonl`);
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  const { url } = fleet.coordinators[0]!.api;
  const since = ['--since', '2000-01-01T00:00:00Z'];
  return skaldCommand(url, { by: 'ann' }, 'reconcile', participant, '--file', file, ...since, ...more);
}
