import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { JsonObject } from '#libs/messaging';
import type { Cost, TimeReport } from '#libs/orchestration';
import { runTests, type TestCase } from '#libs/saga';
import type { SagaPage } from '../harness/coordinator-api.js';
import { exampleFiles } from '../harness/example-files.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { endOf, pathsOf, suitesIn, SuitePlayer, type PlayedCase } from '../harness/suite-player.js';

const definitions = ['triage-claim.yaml', 'claims.yaml', 'shop.yaml'];
const hurried = { 'timeout: 2m': 'timeout: 4s', 'delay: 2s': 'delay: 200ms', 'after: 4h': 'after: 1s' };

const suite = suitesIn(exampleFiles([...definitions, 'triage-claim.tests.yaml'])).find(
  ({ program }) => program.definition === 'triage-claim',
)!;
const report = runTests(suite);
const cases: readonly PlayedCase[] = suite.cases
  .filter((one) => isForEverySaga(one))
  .map((one, index) => ({ key: `C-${index + 1}`, one }));

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'agent', documents: exampleFiles(definitions, hurried) });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

/** Toggles are for all sagas at once, and what never ends cannot be waited for. */
function isForEverySaga({ crashes, part, claims }: TestCase): boolean {
  const isSwitched =
    'agentTriage' in part.toggles || part.scripts.some((script) => script.has('agentTriage'));
  return !crashes && !isSwitched && claims.every(({ expected }) => expected !== 'running');
}

describe('an agent on the real broker and database', () => {
  let pages: ReadonlyMap<string, SagaPage>;

  beforeAll(async () => {
    pages = await new SuitePlayer(bench, { suite, keyField: 'claimId' }).play(cases);
  });

  it.each(cases.map(({ key, one }) => [one.name, key] as const))(
    'comes to what its tests say: %s',
    (name, key) => {
      const page = pages.get(key)!;
      const played = report.cases.find((each) => each.name === name)!;
      const routed = played.timeline.findLast(({ text }) => text.startsWith('claims.route'))!
        .data as JsonObject;

      expect(endOf(page)).toBe('completed');
      expect(pathsOf(page)).toEqual(played.paths);
      expect(page.steps['action']!.output).toBe(routed['action']);
      expect(bench.participants.done(key)).toEqual(['claims.route']);
    },
  );

  it('keeps what it said, and what it was not allowed to say', () => {
    const denied = [...pages.values()].find((page) => pathsOf(page).includes('triage.invalid'))!;
    const notes = denied.timeline.filter(({ kind }) => kind === 'noted').map(({ text }) => text);

    expect(notes).toEqual([
      expect.stringContaining('claims-agent.triage said {"data.modelVersion"'),
      expect.stringContaining('claims-agent.triage is out of bounds'),
    ]);
  });
});

describe('what agents and people take', () => {
  it('is summed for the saga, and told as a mean for its definition', async () => {
    bench.participants.behave(
      'claims-agent.triage',
      {
        succeeded: { confidence: 0.2, action: 'approve' },
        used: { tokens: 1_840, 'cost-eur': 0.012 },
      },
      { key: 'U-1' },
    );
    await bench.publish('claims.received', { claimId: 'U-1', amount: 90_000 });
    const task = await bench.task('U-1');
    const person = { by: 'bo', roles: ['team-b'] };
    await bench.api.post(`/tasks/${task}/claim`, person);
    await bench.answerTask(task, { answer: 'decided', fields: { action: 'refer' }, ...person });
    const { id } = await bench.ended('U-1');

    const { body: cost } = await bench.api.get<Cost>(`/sagas/${id}/cost`);
    const { body: report } = await bench.api.get<{ readonly time: readonly TimeReport[] }>(
      '/time?definition=triage-claim',
    );

    const used = { tokens: 1_840, 'cost-eur': 0.012 };
    expect(cost.calls).toEqual([
      expect.objectContaining({ participant: 'claims', used: {} }),
      expect.objectContaining({ participant: 'claims-agent', used }),
    ]);
    expect([cost.used, cost.unread]).toEqual([used, []]);
    expect(cost.people).toEqual([
      { block: expect.any(String), by: 'bo', seconds: cost.humanSeconds, since: 'claimed' },
    ]);
    const { sagas, mean } = report.time[0]!;
    expect(mean.used['tokens']).toBeCloseTo(1_840 / sagas, 6);
    expect(mean.humanSeconds * sagas).toBeGreaterThan(cost.humanSeconds - 0.001);
  });
});

describe('an agent that is switched off', () => {
  const claim = (claimId: string) => ({ claimId, amount: 90_000 });

  beforeAll(() => {
    const sure = { succeeded: { confidence: 0.95, action: 'approve' } };
    bench.participants.behave('claims-agent.triage', sure);
    bench.participants.behave(
      'claims-agent.triage',
      { accepted: { afterMs: 40_000, then: sure } },
      { key: 'S-1' },
    );
  });

  it('is not waited for: people take over at once', async () => {
    await bench.publish('claims.received', claim('S-1'));
    await bench.participants.arrived('claims-agent.triage', 'S-1');
    const switched = await bench.toggle('triage-claim', 'agentTriage', false);
    const task = await bench.task('S-1');
    await bench.answerTask(task, {
      answer: 'decided',
      fields: { action: 'refer' },
      by: 'bo',
      roles: ['team-b'],
    });
    const page = await bench.ended('S-1');

    expect(switched.status).toBe(200);
    expect(page.steps['action']!.output).toBe('refer');
    expect(pathsOf(page)).toEqual(['triage.switched-off']);
  });

  it('is not asked about what comes then', async () => {
    await bench.publish('claims.received', claim('S-2'));
    const task = await bench.task('S-2');
    await bench.answerTask(task, {
      answer: 'decided',
      fields: { action: 'approve' },
      by: 'bo',
      roles: ['team-b'],
    });
    const page = await bench.ended('S-2');

    expect(page.timeline.filter(({ kind }) => kind === 'sent').map(({ text }) => text)).toEqual([
      expect.stringContaining('claims.route'),
    ]);
  });

  it('works again when it is switched on', async () => {
    await bench.toggle('triage-claim', 'agentTriage', true);
    await bench.publish('claims.received', claim('S-3'));
    const page = await bench.ended('S-3');

    expect(page.steps['action']!.output).toBe('approve');
    expect(pathsOf(page)).toEqual([]);
  });
});
