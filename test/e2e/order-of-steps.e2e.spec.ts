import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  commandTopic,
  header,
  homeOf,
  homeTopic,
  readCommand,
  replyHeaders,
  sealOperation,
  SystemClock,
  type Command,
  type Json,
  type SagaId,
} from '#libs/messaging';
import type { SagaPage } from '../harness/coordinator-api.js';
import { testHomePartitions, testSecret } from '../harness/coordinator-process.js';
import { openRawProducer, type RawProducer } from '../harness/raw-producer.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { openEar, type TopicEar } from '../harness/topic-ear.js';

const reserve = '  - { step: reserve, call: stock.reserve, compensate: stock.release }\n';
const charge = '  - { step: charge, call: cards.charge, compensate: cards.refund }\n';

/** The same saga, but for which of two is asked first. */
const order = (version: number, steps: string) => `saga: order
version: ${version}
key: input.orderId
defaults: { step: { timeout: 1h } }
steps:
${steps}`;

const shops = `participant: stock
commands: { reserve: { undoneBy: stock.release }, release: {} }
---
participant: cards
commands: { charge: { undoneBy: cards.refund }, refund: {} }
`;

/** Two that have a car allotted by the same third one. */
const allotting = ['sale', 'rental'].map(
  (name) => `saga: ${name}
version: 1
key: input.orderId
steps:
  - saga: car
    definition: allot-car
    key: "'${name}-' + input.orderId"
    with: { isSold: ${name === 'sale'} }
  - step: sign
    call: papers.sign
    with: { as: ${name}, car: '\${ steps.car.output.key }', use: "\${ steps.car.output.?result.orValue('unknown') }" }
    pivot: true
`,
);
const allotted = `saga: allot-car
version: 1
key: input.key
input: { type: object, required: [isSold], properties: { isSold: { type: boolean } } }
steps:
  - { step: allot, call: garage.allot, compensate: garage.take-back }
  - choice: use
    cases: [{ case: sold, if: input.isSold, do: [{ end: for-good }] }]
    else: [{ end: for-a-while }]
---
participant: garage
commands: { allot: { undoneBy: garage.take-back }, take-back: {} }
---
participant: papers
commands: { sign: { rejects: [no-licence] } }
`;

/** Each gives up after three events that decide nothing, or after a time. */
const parcels = [
  ['patient', '1h'],
  ['hasty', '2s'],
].map(
  ([name, after]) => `saga: ${name}-parcel
version: 1
key: input.parcelId
steps:
  - wait: fate
    first:
      - { case: arrived, event: carrier.parcel.scanned, match: data.isAtDoor, do: [{ end: arrived }] }
      - { case: lost, event: carrier.parcel.weighed, match: data.grams == 0, do: [{ end: lost }] }
    default: { after: ${after}, events: 3, do: [{ end: given-up }] }
`,
);
const carrier = `participant: carrier
events: { parcel.scanned: { key: data.parcelId }, parcel.weighed: { key: data.parcelId } }
`;

const benchName = 'order-of-steps';
const ways = [
  { version: 1, first: 'stock.reserve', second: 'cards.charge', step: 'charge' },
  { version: 2, first: 'cards.charge', second: 'stock.reserve', step: 'reserve' },
] as const;
const kinds = ['plain', 'ahead', 'forged'] as const;

jest.setTimeout(60_000);

const clock = new SystemClock();
let bench: SagaBench;
let producer: RawProducer;
let ears: readonly TopicEar[];

beforeAll(async () => {
  const documents = [order(1, reserve + charge), shops, ...allotting, allotted, ...parcels, carrier];
  bench = await startSagaBench({ name: benchName, documents: documents.join('---\n') });
  producer = await openRawProducer(bench.kafkaBrokers);
  ears = await Promise.all(
    ['stock.', 'cards.'].map((called) => openEar(bench.kafkaBrokers, commandTopic(called))),
  );
  await startOrders(1);
  const changed = [{ path: 'order.yaml', text: order(2, charge + reserve) }];
  expect(await bench.api.post('/definitions', { files: changed })).toMatchObject({ status: 200 });
  await startOrders(2);
}, 120_000);

afterAll(async () => {
  await Promise.all((ears ?? []).map((ear) => ear.stop()));
  await producer?.stop();
  await bench?.discard();
});

/** Starts orders whose first command is answered by the test alone, and waits until that one has arrived. */
async function startOrders(version: 1 | 2): Promise<void> {
  const { first, second } = ways[version - 1]!;
  for (const kind of kinds) {
    const key = `${kind}-${version}`;
    bench.participants.behave(first, { silent: 'not-done' }, { key });
    bench.participants.behave(second, { succeeded: { by: 'participant' } }, { key });
    await start('order', { orderId: key }, key);
    await received(first, key);
  }
}

async function received(type: string, key: string): Promise<Command> {
  const [delivery] = await bench.participants.arrived(type, key);
  return delivery!.command;
}

async function start(definition: string, input: Json, key: string): Promise<void> {
  const { status, body } = await bench.api.start(definition, input, `${definition} ${key}`);
  if (status >= 300) throw new Error(JSON.stringify(body));
}

/** Says that a command has succeeded, as its participant would. */
async function answer(command: Pick<Command, 'id' | 'type' | 'saga' | 'operation'>): Promise<string> {
  const headers = replyHeaders(command, { outcome: 'succeeded' }, '/spec', clock.now(), {});
  await producer.send({
    topic: homeTopic(benchName),
    part: homeOf(command.saga as SagaId, testHomePartitions),
    key: command.saga,
    value: JSON.stringify({ by: 'spec' }),
    headers,
  });
  return headers[header.id]!;
}

/** Every command to stock and cards that a saga has sent so far, in the order of sending; a repeated record is the same one. */
async function sentBy(saga: string): Promise<readonly { readonly type: string; readonly at: number }[]> {
  await Promise.all(ears.map((ear) => ear.catchUp()));
  const commands = ears
    .flatMap(({ records }) => records)
    .map((record) => ({ ...readCommand(record), at: record.timestamp }))
    .filter((command) => command.saga === saga)
    .toSorted((one, other) => other.at - one.at);
  // Newest first, so that the first record of each is the one that stays.
  const first = new Map(commands.map((command) => [command.id, command]));
  return [...first.values()].toSorted((one, other) => one.at - other.at);
}

async function typesSentBy(saga: string): Promise<readonly string[]> {
  return (await sentBy(saga)).map(({ type }) => type);
}

const entriesOf = ({ history }: SagaPage) => history.flatMap(({ entries }) => entries);

describe('two versions that differ in the order of two steps', () => {
  it.each(ways)('each keep to theirs: version $version', async ({ version, first, second }) => {
    const key = `plain-${version}`;
    const command = await received(first, key);
    expect(await typesSentBy(command.saga)).toEqual([first]);

    const answeredAt = clock.now();
    await answer(command);

    expect(await bench.ended(key)).toMatchObject({ status: 'completed', version, incident: false });
    const sent = await sentBy(command.saga);
    expect(sent.map(({ type }) => type)).toEqual([first, second]);
    expect(sent[1]!.at).toBeGreaterThanOrEqual(answeredAt);
  });
});

describe('a reply of the second that comes before the first has answered', () => {
  const keyring = { keys: [{ id: '1', secret: testSecret }] };
  const cases = ways.flatMap((way) => [
    { ...way, kind: 'ahead', isKept: hasNoted },
    { ...way, kind: 'forged', isKept: hasParked },
  ]);

  function hasNoted(page: SagaPage, reply: string): boolean {
    return entriesOf(page).some(({ cause }) => cause === reply);
  }

  function hasParked({ parked }: SagaPage): boolean {
    return parked.some(({ reason }) => reason === 'unknown-operation');
  }

  it.each(cases)('is kept and changes nothing: $kind, version $version', async (way) => {
    const { version, kind, first, second, step, isKept } = way;
    const key = `${kind}-${version}`;
    const command = await received(first, key);
    const saga = command.saga as SagaId;
    const sealed = sealOperation(keyring, saga, `${step}/1/do`);
    const operation = kind === 'ahead' ? sealed : sealed.replace(/\.[^.]*$/, `.${'A'.repeat(22)}`);

    const early = await answer({ id: `${operation}.1`, type: second, saga, operation });
    const page = await bench.until('keeps the early reply', key, (one) => isKept(one, early));

    expect(page).toMatchObject({ status: 'running', incident: false });
    expect(Object.keys(page.steps)).toEqual([]);
    expect(await typesSentBy(saga)).toEqual([first]);

    await answer(command);
    const ended = await bench.ended(key);

    expect(ended).toMatchObject({ status: 'completed', version, incident: false });
    expect(ended.steps[step]).toMatchObject({ output: { by: 'participant' }, attempts: 1 });
    expect(await typesSentBy(saga)).toEqual([first, second]);
    // The reply that came ahead was one to the very command that was sent later.
    expect((await received(second, key)).operation).toBe(sealed);
  });
});

describe('two definitions that run the same one', () => {
  it('each have their own, and undo only that', async () => {
    bench.participants.behave('papers.sign', { rejected: 'no-licence' }, { data: { as: 'rental' } });
    await Promise.all(['sale', 'rental'].map((definition) => start(definition, { orderId: 'c-1' }, 'c-1')));

    const sale = await bench.ended('c-1', { definition: 'sale' });
    const rental = await bench.ended('c-1', { definition: 'rental' });
    const [sold, rented] = await Promise.all(['sale-c-1', 'rental-c-1'].map((key) => bench.ended(key)));

    expect([sale.status, sold!.status]).toEqual(['completed', 'completed']);
    expect([rental.status, rented!.status]).toEqual(['compensated', 'compensated']);
    expect(sold).toMatchObject({ definition: 'allot-car', parent: { id: sale.id, block: 'car' } });
    expect(rented).toMatchObject({ definition: 'allot-car', parent: { id: rental.id, block: 'car' } });
    expect(sale.steps['car']?.output).toMatchObject({ saga: sold!.id, key: 'sale-c-1', result: 'for-good' });
    expect(rental.steps['car']?.output).toMatchObject({
      saga: rented!.id,
      key: 'rental-c-1',
      result: 'for-a-while',
    });
    expect(bench.participants.done('sale-c-1')).toEqual(['garage.allot']);
    expect(bench.participants.done('rental-c-1')).toEqual(['garage.allot', 'garage.take-back']);
    const signing = await bench.participants.arrived('papers.sign', 'c-1', 2);
    expect(new Map(signing.map(({ command }) => [command.saga as string, command.data]))).toEqual(
      new Map([
        [sale.id, { as: 'sale', car: 'sale-c-1', use: 'for-good' }],
        [rental.id, { as: 'rental', car: 'rental-c-1', use: 'for-a-while' }],
      ]),
    );
  });
});

describe('a wait for the first of several events', () => {
  const heardBy = (page: SagaPage) => entriesOf(page).filter(({ input }) => input.kind === 'heard').length;
  const scanned = (parcelId: string) =>
    bench.publish('carrier.parcel.scanned', { parcelId, isAtDoor: false });
  const weighed = (parcelId: string) => bench.publish('carrier.parcel.weighed', { parcelId, grams: 400 });

  it('gives up after as many others as it says, not after one less', async () => {
    await start('patient-parcel', { parcelId: 'p-1' }, 'p-1');
    const isWaiting = ({ waitsFor }: SagaPage) => waitsFor.some(({ block }) => block === 'fate');
    await bench.until('waits for its fate', 'p-1', isWaiting);
    await scanned('p-1');
    await weighed('p-1');
    const before = await bench.until('has heard two', 'p-1', (page) => heardBy(page) >= 2);
    await scanned('p-1');
    const after = await bench.ended('p-1');

    expect(before.status).toBe('running');
    expect(before.steps['fate']).toBeUndefined();
    expect(after.steps['fate']).toMatchObject({ outcome: 'defaulted' });
    expect(after.timeline.at(-1)?.text).toContain('given-up');
    expect(heardBy(after)).toBe(3);
  });

  it('gives up after a time where fewer come', async () => {
    await start('hasty-parcel', { parcelId: 'p-2' }, 'p-2');
    await scanned('p-2');
    const page = await bench.ended('p-2');

    const { outcome, startedAt, endedAt } = page.steps['fate']!;
    expect(outcome).toBe('defaulted');
    expect(Date.parse(endedAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(2_000);
    expect(page.timeline.at(-1)?.text).toContain('given-up');
    expect(heardBy(page)).toBeLessThan(3);
  });
});
