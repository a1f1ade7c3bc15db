import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Behaving } from '../harness/behaviour.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

/** What each saga says of the same three branches; their names are those of the sagas. */
const policies = {
  all: '',
  'all-but-one': 'tolerate: 1',
  'all-but-one-kept': '{ tolerate: 1, rest: finish }',
  'all-in-a-hurry': 'failFast: true',
  'all-but-one-in-a-hurry': '{ tolerate: 1, failFast: true }',
  any: 'join: any',
  'any-and-the-rest': '{ join: any, rest: finish }',
  two: 'join: 2',
  'two-and-the-rest': '{ join: 2, rest: finish }',
} as const;

type Policy = keyof typeof policies;

/** Two calls and one of two; what stands in front shows where the undo goes on, what stands behind who is missing. */
function booking(policy: string, said: string): string {
  const lines = said.replace(/^\{ | \}$/g, '').split(', ');
  return `saga: ${policy}
version: 1
key: input.tripId
triggers: [{ event: travel.trip.wanted, gates: { meant: "data.policy == '${policy}'" } }]
defaults: { step: { timeout: 1s, retry: { attempts: forever, delay: 100ms, maxDelay: 100ms } } }
steps:
  - step: openFile
    call: desk.open
    compensate: desk.close
  - parallel: parts
    ${lines.join('\n    ')}
    branches:
      flight: [{ step: bookFlight, call: flight.book, compensate: flight.cancel }]
      hotel: [{ step: bookHotel, call: hotel.book, compensate: hotel.cancel }]
      car:
        - { step: bookCar, call: car.book, compensate: car.cancel }
        - { step: insureCar, call: car.insure, compensate: car.end-insurance }
  - step: confirm
    call: desk.confirm
    with: { missing: '\${ steps.parts.missing }', completeness: '\${ steps.parts.completeness }' }
    pivot: true`;
}

const full: Behaving = { rejected: 'full' };
const closed: Behaving = { rejected: 'closed' };
/** Only what stops a branch ends its waiting. */
const neverCame: Behaving = { silent: 'not-done' };
const doneSilently: Behaving = { silent: 'done' };
const cameLate: readonly Behaving[] = [neverCame];

/** What does not succeed at once. */
type Answers = Readonly<Record<string, Behaving | readonly Behaving[]>>;

interface Outcome {
  /** Names of the branches that the rest of the saga is told to do without. */
  readonly missing?: readonly string[];
  readonly failure?: { readonly error: string; readonly step: string };
  /** Commands that take something back, whether there is something or not. */
  readonly undone?: readonly string[];
  /** Effects that nobody took back, beside those of the desk. */
  readonly standing?: readonly string[];
}

const everything = ['car.book', 'car.insure', 'flight.book', 'hotel.book'];
const incomplete = { error: 'incomplete', step: 'parts' };

const table: readonly (readonly [Policy, string, Answers, Outcome])[] = [
  ['all', 'all succeed', {}, { missing: [], standing: everything }],
  [
    'all',
    'one refuses, and the others are waited for',
    { 'hotel.book': full, 'car.book': cameLate },
    {
      failure: { error: 'full', step: 'bookHotel' },
      undone: ['car.cancel', 'car.end-insurance', 'flight.cancel'],
    },
  ],
  [
    'all-but-one',
    'one refuses',
    { 'hotel.book': full },
    { missing: ['hotel'], standing: ['car.book', 'car.insure', 'flight.book'] },
  ],
  [
    'all-but-one',
    'one refuses half-way',
    { 'car.insure': closed },
    { missing: ['car'], undone: ['car.cancel'], standing: ['flight.book', 'hotel.book'] },
  ],
  [
    'all-but-one',
    'two refuse for the same reason',
    { 'hotel.book': full, 'car.book': full },
    { failure: { error: 'full', step: 'bookHotel' }, undone: ['flight.cancel'] },
  ],
  [
    'all-but-one',
    'two refuse for different reasons',
    { 'hotel.book': full, 'car.book': closed },
    { failure: incomplete, undone: ['flight.cancel'] },
  ],
  [
    'all-but-one-kept',
    'one refuses half-way',
    { 'car.insure': closed },
    { missing: ['car'], standing: ['car.book', 'flight.book', 'hotel.book'] },
  ],
  [
    'all-in-a-hurry',
    'one refuses, and nobody is waited for',
    { 'hotel.book': full, 'car.book': neverCame },
    { failure: { error: 'full', step: 'bookHotel' }, undone: ['car.cancel', 'flight.cancel'] },
  ],
  [
    'all-but-one-in-a-hurry',
    'one refuses, and the others are waited for',
    { 'hotel.book': full, 'car.book': cameLate },
    { missing: ['hotel'], standing: ['car.book', 'car.insure', 'flight.book'] },
  ],
  [
    'all-but-one-in-a-hurry',
    'two refuse, and nobody is waited for',
    { 'hotel.book': full, 'car.book': closed, 'flight.book': neverCame },
    { failure: incomplete, undone: ['flight.cancel'] },
  ],
  [
    'any',
    'one is first',
    { 'hotel.book': doneSilently, 'car.book': neverCame },
    { missing: ['hotel', 'car'], undone: ['car.cancel', 'hotel.cancel'], standing: ['flight.book'] },
  ],
  [
    'any',
    'the last one succeeds',
    { 'flight.book': full, 'hotel.book': closed, 'car.book': cameLate },
    { missing: ['flight', 'hotel'], standing: ['car.book', 'car.insure'] },
  ],
  [
    'any',
    'all refuse',
    { 'flight.book': full, 'hotel.book': full, 'car.book': full },
    { failure: { error: 'full', step: 'bookFlight' } },
  ],
  [
    'any-and-the-rest',
    'one is first, one is late, one refuses half-way',
    { 'hotel.book': cameLate, 'car.insure': closed },
    { missing: ['car'], standing: ['car.book', 'flight.book', 'hotel.book'] },
  ],
  [
    'two',
    'two are first',
    { 'car.book': neverCame },
    { missing: ['car'], undone: ['car.cancel'], standing: ['flight.book', 'hotel.book'] },
  ],
  [
    'two',
    'one refuses, and the others are waited for',
    { 'hotel.book': full, 'car.book': cameLate },
    { missing: ['hotel'], standing: ['car.book', 'car.insure', 'flight.book'] },
  ],
  [
    'two',
    'one succeeds',
    { 'flight.book': closed, 'hotel.book': full },
    { failure: incomplete, undone: ['car.cancel', 'car.end-insurance'] },
  ],
  [
    'two-and-the-rest',
    'two are first, and one is late',
    { 'car.book': cameLate },
    { missing: [], standing: everything },
  ],
];

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  const documents = Object.entries(policies).map(([policy, said]) => booking(policy, said));
  bench = await startSagaBench({ name: 'joins', documents: documents.join('\n---\n') });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

const ofBranches = (commands: readonly string[]): readonly string[] =>
  [...new Set(commands)].filter((command) => !command.startsWith('desk.')).sort();

/** Commands for a trip that take something back, as they arrived. */
function takenBack(tripId: string): readonly string[] {
  return bench.participants.deliveries
    .filter(({ key, command }) => key === tripId && command.compensates !== undefined)
    .map(({ command }) => command.type);
}

/** What the desk was told of who is missing. */
function toldToDesk(tripId: string): unknown {
  return bench.participants.deeds.find(({ key, command }) => key === tripId && command === 'desk.confirm')
    ?.data;
}

describe('three branches that are to be joined', () => {
  it.each(table)('%s: %s', async (policy, how, answers, expected) => {
    const tripId = `${policy}: ${how}`;
    for (const [command, answer] of Object.entries(answers))
      bench.participants.behave(command, answer, { key: tripId });
    await bench.publish('travel.trip.wanted', { tripId, policy });
    const page = await bench.ended(tripId);

    const { missing, failure, undone = [], standing = [] } = expected;
    expect(page).toMatchObject({ status: missing ? 'completed' : 'compensated', incident: false });
    expect(page.failure).toEqual(failure && expect.objectContaining(failure));
    expect(toldToDesk(tripId)).toEqual(missing && { missing, completeness: (3 - missing.length) / 3 });
    expect(ofBranches(takenBack(tripId))).toEqual(undone);
    expect(ofBranches(bench.participants.standing(tripId))).toEqual(standing);
    expect(takenBack(tripId).indexOf('desk.close')).toBe(missing ? -1 : undone.length);
  });
});
