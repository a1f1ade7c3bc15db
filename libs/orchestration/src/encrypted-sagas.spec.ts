import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  answerPlace,
  decryptParts,
  encryptParts,
  FieldKeys,
  GivenFieldKeys,
  header,
  NoFieldKeys,
  partsText,
  type Command,
  type Json,
} from '#libs/messaging';
import { InMemoryCommandSink } from '#libs/memory';
import { Scene, sceneDefinitions, sceneInstallation, sceneKeyring } from './coordinator.fixture.js';
import type { LoadedDefinitions } from './loaded-definitions.js';
import { HomeMailbox } from './use-cases/home-mailbox.js';
import { TakeWebhook } from './use-cases/take-webhook.js';
import { webhookSignature } from './use-cases/webhook-signature.js';

const text = `namespace: shop
classes: { private: { encrypt: secret:order-key } }
---
participant: inventory
commands:
  reserve: { undoneBy: inventory.release, output: { type: object, properties: { shelf: { type: string, x-class: private } } } }
  release: {}
---
saga: order
version: 1
key: input.orderId
timeout: 1h
input: { type: object, properties: { orderId: { type: string }, card: { type: string, x-class: private } } }
triggers: [{ event: shop.order.placed }, { webhook: orders, secret: secret:orders }]
steps:
  - step: reserve
    call: inventory.reserve
    timeout: 10s
    compensate: inventory.release
  - step: ship
    call: shipping.ship
    with: { shelf: '\${ steps.reserve.output.shelf }' }
    timeout: 10s
    pivot: true
`;
const bytes = (fill: number): string => Buffer.alloc(32, fill).toString('base64');
const first = new GivenFieldKeys({ 'order-key': `1:${bytes(1)}` });
const both = new GivenFieldKeys({ 'order-key': `2:${bytes(2)},1:${bytes(1)}` });
const card = [{ path: ['card'], key: 'order-key' }];
const shelf = [{ path: ['shelf'], key: 'order-key' }];
const number = '4111 1111 1111 1111';

/** Keys that can be exchanged. */
class ChangingKeys extends FieldKeys {
  known: FieldKeys = first;

  override find(name: string) {
    return this.known.find(name);
  }
}

let scene: Scene;
let keys: ChangingKeys;

let definitions: LoadedDefinitions;

beforeEach(async () => {
  scene = new Scene();
  scene.broker.createTopic('webhook.events');
  keys = new ChangingKeys();
  definitions = sceneDefinitions(scene.clock, 0, text);
  await definitions.start();
  await scene.startCoordinator({ definitions, fieldKeys: keys });
});

afterEach(() => scene.end());

async function place(orderId = 'order-1', data: object = { orderId, card: number }): Promise<void> {
  scene.place(orderId, data);
  await scene.run(500);
}

function answer(command: Command, by: FieldKeys, change: (value: string) => Json = (value) => value): void {
  const sealed = encryptParts({ shelf: 'A7' }, shelf, by, answerPlace(command.operation)) as {
    shelf: string;
  };
  scene.answer(command, { data: { shelf: change(sealed.shelf) } });
}

const opened = ({ data, encrypted, operation }: Command): Json =>
  decryptParts(data, encrypted ?? [], both, operation);
const reserving = () => scene.commands('inventory')[0]!;
const homeTexts = (): readonly string[] =>
  [0, 1].flatMap((part) =>
    scene.broker
      .log({ topic: 'scene.home', part })!
      .read(0, 1_000)
      .records.map(({ value, headers }) => `${value?.toString()} ${Object.values(headers).join(' ')}`),
  );

describe('a saga whose namespace encrypts a class', () => {
  it('sends it encrypted, and goes on with what is answered so', async () => {
    await place();
    answer(reserving(), first);
    await scene.run(500);
    const sent = [reserving(), scene.commands('shipping')[0]!];

    expect(JSON.stringify(sent)).not.toMatch(/4111|A7/);
    expect(sent.map(opened)).toEqual([{ orderId: 'order-1', card: number }, { shelf: 'A7' }]);
    expect(sent.map(({ encryptAnswer }) => encryptAnswer)).toEqual([shelf, undefined]);
  });

  it('shows it in no record that coordinators write to each other', async () => {
    await place();

    expect(homeTexts().length).toBeGreaterThan(0);
    expect(homeTexts().filter((each) => each.includes('4111'))).toEqual([]);
    expect(scene.state(scene.onlySaga).input).toEqual({ orderId: 'order-1', card: number });
  });

  it('reads events of which parts are encrypted', async () => {
    const data = encryptParts({ orderId: 'order-1', card: number }, card, first, 'order-1');
    scene.place('order-1', data as object, { [header.encrypted]: partsText(card) });
    await scene.run(500);

    expect(scene.state(scene.onlySaga).input).toEqual({ orderId: 'order-1', card: number });
  });

  it('encrypts what comes in by a webhook as a whole', async () => {
    const sink = new InMemoryCommandSink(scene.broker);
    await sink.start();
    const common = { sink, clock: scene.clock, installation: sceneInstallation };
    const mailbox = new HomeMailbox({ ...common, keyring: sceneKeyring });
    const secrets = { find: () => Promise.resolve('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') };
    const take = new TakeWebhook({ ...common, definitions, mailbox, secrets, fieldKeys: keys });
    const body = Buffer.from(JSON.stringify({ orderId: 'order-1', card: number }));
    const timestamp = String(Math.floor(scene.clock.now() / 1_000));
    const request = { id: 'delivery-1', timestamp, body, signature: '' };
    const signature = webhookSignature(request, await secrets.find());

    await Promise.all([take.take({ ...request, signature, webhook: 'orders' }), scene.run(500)]);
    await scene.run(500);
    const [record] = scene.broker.log({ topic: 'webhook.events', part: 0 })!.read(0, 10).records;

    expect(record?.value?.toString()).toMatch(/^"[\w-]+\.\.[\w.-]+"$/);
    expect(scene.state(scene.onlySaga).input).toEqual({ orderId: 'order-1', card: number });
  });

  it('encrypts by the newest key, and reads what the older one encrypted', async () => {
    await place();
    keys.known = both;
    answer(reserving(), first);
    await scene.run(500);
    const [sent] = scene.commands('shipping');

    expect(opened(sent!)).toEqual({ shelf: 'A7' });
    expect(() => decryptParts(sent!.data, shelf, first, sent!.operation)).toThrow('"order-key:2"');
  });
});

describe('what cannot be decrypted', () => {
  it('is kept and holds its saga until the key is there, and others go on', async () => {
    await place('order-1');
    const held = scene.onlySaga;
    answer(reserving(), both);
    await place('order-2');
    answer(
      scene.commands('inventory').find(({ saga }) => saga !== held)!,
      first,
    );
    await scene.run(500);
    const before = [scene.parked, scene.incidents, scene.commands('shipping').length];
    keys.known = both;
    scene.act(held, 'redrive');
    await scene.run(500);

    expect(before).toEqual([['unknown-key'], ['RECORD_PARKED'], 1]);
    expect([scene.parked, scene.incidents]).toEqual([[], []]);
    expect(scene.commands('shipping').map(opened)).toEqual([{ shelf: 'A7' }, { shelf: 'A7' }]);
  });

  it.each<[string, (value: string) => Json, string]>([
    [
      'changed',
      (value) => value.replace(/[\w-](?=[\w-]*$)/, (first) => (first === 'A' ? 'B' : 'A')),
      'undecipherable',
    ],
    ['in plain', () => 'A7', 'not-encrypted'],
  ])('is kept where it is %s, and passed over by a person', async (_, change, reason) => {
    await place();
    answer(reserving(), first, change);
    await scene.run(500);
    const parked = scene.parked;
    scene.act(scene.onlySaga, 'skip-record');
    await scene.run(60_000);
    const [, again] = scene.commands('inventory');
    answer(again!, first);
    await scene.run(500);

    expect(parked).toEqual([reason]);
    expect(again).toMatchObject({ operation: reserving().operation });
    expect(scene.commands('shipping')).toHaveLength(1);
  });

  it('starts nothing, and is kept', async () => {
    const data = encryptParts({ orderId: 'order-1', card: number }, card, both, 'order-1');
    scene.place('order-1', data as object, { [header.encrypted]: partsText(card) });
    scene.place('order-2', { orderId: 'order-2', card: number });
    await scene.run(500);

    expect(scene.parked).toEqual(['unknown-key']);
    expect(scene.tables.instances.size).toBe(1);
  });
});

describe('a command whose key is missing', () => {
  it('is not sent, and is sent once the key is there and somebody says so', async () => {
    keys.known = new NoFieldKeys();
    await place();
    const before = [scene.commands('inventory').length, scene.incidents];
    keys.known = first;
    scene.act(scene.onlySaga, 'retry');
    await scene.run(500);

    expect(before).toEqual([0, ['NOT_SENT']]);
    expect(opened(reserving())).toEqual({ orderId: 'order-1', card: number });
  });
});
