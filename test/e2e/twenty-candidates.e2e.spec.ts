import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Json } from '#libs/messaging';
import type { SagaPage } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

/** A list that is known at run time, some at a time; one may be missing, and is named. */
const screening = `saga: screen-candidates
version: 1
key: input.jobId
timeout: 1h
triggers: [{ event: jobs.closed }]
steps:
  - forEach: screened
    in: input.candidates
    as: candidate
    key: candidate.id
    concurrency: 8
    tolerate: 1
    do:
      - step: screen
        call: screening.screen
        with: { id: '\${ candidate.id }' }
        timeout: { after: 2s, accepted: 1m }
        compensate: screening.forget
  - step: shortlist
    call: jobs.shortlist
    with: { results: '\${ steps.screened.output }', missing: '\${ steps.screened.missing }' }
    pivot: true
---
participant: screening
commands:
  screen: { rejects: [withdrawn], undoneBy: screening.forget }
  forget: {}
---
participant: jobs
commands: { shortlist: {} }
events: { jobs.closed: {} }
`;

const candidates = Array.from({ length: 20 }, (_, index) => `c-${String(index + 1).padStart(2, '0')}`);
const failing = 'c-07';
const slow = ['c-03', 'c-11', 'c-18'];

jest.setTimeout(60_000);

let bench: SagaBench;
let page: SagaPage;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'twenty-candidates', documents: screening });
  const { participants } = bench;
  participants.behave('screening.screen', ({ command }) => {
    const { id } = command.data as { readonly id: string };
    if (id === failing) return { rejected: 'withdrawn' };
    const answer = { succeeded: { id, score: candidates.indexOf(id) } };
    return slow.includes(id) ? { accepted: { afterMs: 4_000, then: answer } } : { ...answer, lateMs: 150 };
  });
  await bench.publish('jobs.closed', {
    jobId: 'j-1',
    candidates: candidates.map((id) => ({ id })),
  });
  await eventually('half of them to be screened', () => screenings().length >= 10);
  await bench.kill(0);
  await bench.restart(0);
  page = await bench.ended('j-1');
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

function screenings(): readonly string[] {
  return bench.participants.deeds
    .filter(({ command }) => command === 'screening.screen')
    .map(({ data }) => (data as { readonly id: string }).id);
}

function shortlisted(): Json {
  return bench.participants.deeds.find(({ command }) => command === 'jobs.shortlist')?.data ?? null;
}

describe('twenty candidates and a coordinator that is killed half-way', () => {
  it('leave nineteen results in order and one name that is missing', () => {
    const present = candidates.filter((id) => id !== failing);

    expect(page.status).toBe('completed');
    expect(shortlisted()).toEqual({
      results: present.map((id) => ({ id, score: candidates.indexOf(id) })),
      missing: [failing],
    });
  });

  it('are each screened once', () => {
    expect(screenings().toSorted()).toEqual(candidates.filter((id) => id !== failing));
  });

  it('keep the failure in the history', () => {
    const told = page.timeline.map(({ text }) => text).join('\n');

    expect(told).toContain('withdrawn');
    expect(page.incident).toBe(false);
  });

  it('are told and forgotten by nobody', () => {
    expect(bench.participants.done('j-1').filter((command) => command !== 'screening.screen')).toEqual([
      'jobs.shortlist',
    ]);
  });
});
