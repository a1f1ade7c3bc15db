import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { JsonObject } from '#libs/messaging';
import type { Behaviour, Delivery } from '../harness/behaviour.js';
import type { SagaPage } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

/** `checks` differs: what becomes of a batch that is not complete, and how many are asked at a time. */
const screening = (name: string, event: string, checks: string): string => `saga: ${name}
version: 1
key: input.batchId
timeout: 10m
triggers: [{ event: ${event} }]
steps:
  - forEach: checks
    in: input.people
    as: person
    key: person.id
${checks}
    do:
      - step: verifyIdentity
        call: identity.verify
        with: { id: '\${ person.id }' }
        timeout: 10s
        retry: { attempts: 50, delay: 300ms, factor: 1 }
  - decide: verdict
    table: applicant-verdict
    with: { results: '\${ steps.checks.output }' }
  - set: told
    value:
      verdict: \${ steps.verdict.output }
      results: \${ steps.checks.output }
      completeness: \${ steps.checks.completeness }
      missing: \${ steps.checks.missing }
---
`;

const documents = `${screening(
  'screen-patiently',
  'risk.patient-batch-received',
  '    timeout: 30s',
)}${screening(
  'screen-applicants',
  'risk.batch-received',
  `    timeout: 4s
    catch:
      incomplete:
        do:
          - task: missingChecks
            to: { role: lead }
            show: { answered: '\${ steps.checks.completeness }', missing: '\${ steps.checks.missing }' }
            escalate: [{ after: 1d, to: { role: head-of-claims } }]
            answers: { try-again: [] }
        then: retry`,
)}${screening('screen-roughly', 'risk.rough-batch-received', '    timeout: 3s\n    tolerate: 40%')}${screening(
  'screen-slowly',
  'risk.slow-batch-received',
  '    timeout: 2s\n    concurrency: 4',
)}decision: applicant-verdict
version: 1
hit: first
inputs: { results: { type: array, items: { type: object, required: [known] } } }
rules:
  - { rule: suspicious, if: 'results.exists(one, !one.known)' }
default: clear
---
participant: identity
commands:
  verify: { effect: none, output: { type: object, required: [id, known], properties: { id: { type: string }, known: { type: boolean } } } }
`;

jest.setTimeout(120_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'fifty-calls', documents, coordinators: 2 });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

describe('fifty calls to somebody who takes thirty a second', () => {
  it('all come to an answer, however late it is said that there were too many', async () => {
    const provider = new Provider();
    bench.participants.behave('identity.verify', (delivery) => provider.answer(delivery), { key: 'b-1' });

    await receive('risk.patient-batch-received', 'b-1', 50);
    const told = toldBy(await bench.ended('b-1'));

    expect(provider.refusals).toBeGreaterThan(0);
    expect(told).toMatchObject({ verdict: 'clear', completeness: 1, missing: [] });
    expect(told.results.map(({ id }) => id)).toEqual(names(0, 50));
  });
});

describe('an answer that comes when its call was given up already', () => {
  it('counts as long as others are open', async () => {
    const stuck = names(0, 3);
    bench.participants.behave(
      'identity.verify',
      ({ command }) => ({
        succeeded: known(command.data),
        lateMs: stuck.includes(idIn(command.data)) ? 2_700 : 450,
      }),
      { key: 'b-2' },
    );

    await receive('risk.slow-batch-received', 'b-2', 12);
    const page = await bench.ended('b-2');

    expect(page.timeline.filter(({ text }) => /time/.test(text)).length).toBeGreaterThan(0);
    expect(toldBy(page)).toMatchObject({ completeness: 1, missing: [] });
    expect(toldBy(page).results.map(({ id }) => id)).toEqual(names(0, 12));
  });
});

describe('thirty answers of fifty', () => {
  it('are marked incomplete with the names, and only those are asked again when somebody says so', async () => {
    const missing = names(30, 50);
    let isOpen = false;
    bench.participants.behave(
      'identity.verify',
      ({ command }) =>
        isOpen || !missing.includes(idIn(command.data))
          ? { succeeded: known(command.data) }
          : { failed: 'too-many-requests', lateMs: 700 },
      { key: 'b-3' },
    );
    await receive('risk.batch-received', 'b-3', 50);
    const task = await bench.task('b-3');
    const { body } = await bench.api.get<{ readonly show: JsonObject }>(`/tasks/${task}`);
    const before = askedOf('b-3', names(0, 30)).length;

    await bench.kill(0);
    isOpen = true;
    const told = toldBy(await triedAgainUntilEnded('b-3'));
    await bench.restart(0);

    expect(body.show).toEqual({ answered: 0.6, missing });
    expect(before).toBe(30);
    expect(askedOf('b-3', names(0, 30))).toHaveLength(30);
    expect(told).toMatchObject({ verdict: 'clear', completeness: 1, missing: [] });
    expect(told.results.map(({ id }) => id)).toEqual(names(0, 50));
  });

  it('are enough where that is said, with no gap among them', async () => {
    const silent = names(30, 50);
    bench.participants.behave(
      'identity.verify',
      ({ command }): Behaviour =>
        silent.includes(idIn(command.data))
          ? { failed: 'too-many-requests' }
          : { succeeded: known(command.data) },
      { key: 'b-4' },
    );

    await receive('risk.rough-batch-received', 'b-4', 50);
    const told = toldBy(await bench.ended('b-4'));

    expect(told).toMatchObject({ verdict: 'clear', completeness: 0.6, missing: silent });
    expect(told.results.map(({ id }) => id)).toEqual(names(0, 30));
  });
});

/** Takes thirty calls in any second, and says only half a second later of the others that they were too many. */
class Provider {
  refusals = 0;
  private readonly taken: number[] = [];

  answer({ command }: Delivery): Behaviour {
    const now = performance.now();
    const recent = this.taken.filter((at) => now - at < 1_000);
    if (recent.length < 30) {
      this.taken.push(now);
      return { succeeded: known(command.data) };
    }
    this.refusals += 1;
    return { failed: 'too-many-requests', retryAfterMs: 1_000, lateMs: 500 };
  }
}

interface Told {
  readonly verdict: string;
  readonly results: readonly { readonly id: string; readonly known: boolean }[];
  readonly completeness: number;
  readonly missing: readonly string[];
}

function toldBy(page: SagaPage): Told {
  expect(page.status).toBe('completed');
  return page.steps['told']!.output as unknown as Told;
}

async function receive(event: string, batchId: string, count: number): Promise<void> {
  await bench.publish(event, { batchId, people: names(0, count).map((id) => ({ id })) });
}

function names(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, index) => `p-${String(from + index).padStart(2, '0')}`);
}

function askedOf(key: string, ids: readonly string[]): readonly Delivery[] {
  return bench.participants.deliveries.filter(
    (delivery) => delivery.key === key && ids.includes(idIn(delivery.command.data)),
  );
}

function idIn(data: unknown): string {
  return (data as { readonly id: string }).id;
}

function known(data: unknown): JsonObject {
  return { id: idIn(data), known: true };
}

/** While nobody folds, time runs out for some of those that are asked again: the person is asked once more, then. */
async function triedAgainUntilEnded(key: string): Promise<SagaPage> {
  return eventually(
    `${key} to end`,
    async () => {
      const page = await bench.page(key);
      if (page?.finishedAt !== undefined) return page;
      const { body } = await bench.api.get<{ readonly tasks: readonly { readonly id: string }[] }>(
        `/tasks?key=${key}`,
      );
      for (const { id } of body.tasks)
        await bench.answerTask(id, { answer: 'try-again', by: 'ann', roles: ['lead'] });
      return undefined;
    },
    90_000,
  );
}
