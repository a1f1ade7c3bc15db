import { beforeEach, describe, expect, it } from '@jest/globals';
import { GivenFieldKeys, NoFieldKeys, type FieldKeys } from '#libs/messaging';
import { InMemoryDefinitionStore, InMemoryOperatorStore, InMemoryTables } from '#libs/memory';
import { FakeClock } from '#libs/testing';
import { LoadedDefinitions } from '../loaded-definitions.js';
import { StoreUnavailableError } from '../store-errors.js';
import { TopicAdmin, type TopicDescription, type TopicSpec } from '../topic-admin.js';
import { compilePublication } from './compile-documents.js';
import type { DefinitionText } from './document-pieces.js';
import { MeasureVersion } from './measure-version.js';
import { orderText } from './program.fixture.js';
import { PublishDefinitions, type PublishResult } from './publish-definitions.js';
import { TakeBaselines } from './take-baselines.js';

class FakeTopicAdmin extends TopicAdmin {
  readonly made: TopicSpec[] = [];

  override missing(names: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(names.filter((name) => !this.made.some((topic) => topic.name === name)));
  }

  override describe(names: readonly string[]): Promise<readonly TopicDescription[]> {
    const present = this.made.filter(({ name }) => names.includes(name));
    return Promise.resolve(
      present.map(({ name, partitions, config }) => ({ name, partitions, replication: 1, config })),
    );
  }

  override create(topics: readonly TopicSpec[]): Promise<void> {
    this.made.push(...topics);
    return Promise.resolve();
  }
}

let tables: InMemoryTables;
let store: InMemoryDefinitionStore;
let topics: FakeTopicAdmin;
let definitions: LoadedDefinitions;

beforeEach(() => {
  tables = new InMemoryTables();
  store = new InMemoryDefinitionStore(tables);
  topics = new FakeTopicAdmin();
  definitions = new LoadedDefinitions({ store, clock: new FakeClock(), compile: compilePublication });
});

function publish(
  files: readonly DefinitionText[],
  create = true,
  operators: Pick<InMemoryOperatorStore, 'figures' | 'list' | 'history'> = new InMemoryOperatorStore(tables),
  fieldKeys: FieldKeys = new NoFieldKeys(),
): Promise<PublishResult> {
  const publications = new PublishDefinitions({
    store,
    topics,
    definitions,
    topicPolicy: { create, partitions: 3 },
    fieldKeys,
    baselines: new TakeBaselines(new MeasureVersion(operators), new FakeClock()),
  });
  return publications.publish({ files, by: 'ann' });
}

const order: DefinitionText = { path: 'order.yaml', text: orderText };
const second = { ...order, text: orderText.replace('version: 1', 'version: 2') };

describe('publishing a definition', () => {
  it('makes the topics of its commands, events and triggers first', async () => {
    const { topicsCreated } = await publish([order]);

    expect(topicsCreated).toEqual([
      'billing.events',
      'inventory.commands',
      'payment.commands',
      'shop.events',
    ]);
    expect(topics.made.every(({ partitions }) => partitions === 3)).toBe(true);
  });

  it('makes the topics of events it waits for', async () => {
    const waiting = `saga: parcel
version: 1
key: input.orderId
steps:
  - wait: scanned
    event: carrier.parcel-scanned
    timeout: 3d
`;

    const { topicsCreated } = await publish([{ path: 'parcel.yaml', text: waiting }]);

    expect(topicsCreated).toEqual(['carrier.events']);
  });

  it('is in use when it returns', async () => {
    const { documents } = await publish([order]);

    expect(documents).toEqual([{ kind: 'saga', name: 'order', version: 1, isNew: true }]);
    expect(definitions.current('order')?.version).toBe(1);
  });

  it('stores every document of a file by itself', async () => {
    await publish([
      { path: 'both.yaml', text: `${orderText}---\nparticipant: courier\ncommands: { book: {} }\n` },
    ]);

    expect((await store.load()).documents.map(({ kind, name, version }) => [kind, name, version])).toEqual([
      ['saga', 'order', 1],
      ['participant', 'courier', 0],
    ]);
  });

  it('stores nothing when topics are missing and may not be made', async () => {
    await expect(publish([order], false)).rejects.toMatchObject({
      code: 'MISSING_TOPICS',
      problems: expect.arrayContaining(['shop.events']),
    });

    expect((await store.load()).documents).toEqual([]);
  });

  it('makes the topics of events that sagas wait for', async () => {
    const text = orderText.replace('for: 1h', 'event: courier.parcel.scanned');

    expect((await publish([{ path: 'order.yaml', text }])).topicsCreated).toContain('courier.events');
  });

  it('finds schemas beside the definition', async () => {
    const text = orderText.replace(/^input: .*$/m, 'input: schemas/order.json');

    const { documents } = await publish([
      { path: 'order.yaml', text },
      { path: 'schemas/order.json', text: '{"type":"object"}' },
    ]);

    expect(documents[0]?.isNew).toBe(true);
    expect((await store.load()).files.map(({ path }) => path)).toEqual(['schemas/order.json']);
  });
});

describe('publishing again', () => {
  beforeEach(async () => {
    await publish([order]);
  });

  it('changes nothing for the same text', async () => {
    const before = await store.revision();

    expect((await publish([order])).documents).toEqual([
      { kind: 'saga', name: 'order', version: 1, isNew: false },
    ]);
    expect(await store.revision()).toBe(before);
  });

  it('is refused for another text under the same version', async () => {
    const changed = { ...order, text: orderText.replace('for: 1h', 'for: 2h') };

    await expect(publish([changed])).rejects.toMatchObject({ code: 'DEFINITION_CONFLICT' });
  });

  it('takes the next version beside the first', async () => {
    await publish([second]);

    expect([definitions.program('order', 1)?.version, definitions.current('order')?.version]).toEqual([1, 2]);
  });

  it('is not held up where it cannot be counted how the version before went', async () => {
    const operators = new InMemoryOperatorStore(tables);
    operators.figures = () => Promise.reject(new StoreUnavailableError('it took too long'));

    const { warnings } = await publish([second], true, operators);

    expect(warnings.at(-1)).toMatch(/^order 2: .*version 1 .*it took too long$/);
    expect(definitions.current('order')?.version).toBe(2);
    expect(await store.baseline('order', 2)).toBeUndefined();
  });
});

describe('definitions with mistakes', () => {
  it('are refused with the place of each', async () => {
    const text = `${orderText}---\nsaga: other\nversion: 1\nkey: input.id +\nsteps:\n  - stepp: a\n`;

    const asked = publish([{ path: 'two.yaml', text }]);
    const firstLine = orderText.split('\n').length;

    await expect(asked).rejects.toMatchObject({
      code: 'INVALID_DEFINITIONS',
      problems: expect.arrayContaining([expect.stringMatching(new RegExp(`^two\\.yaml:${firstLine + 5}:`))]),
    });
    expect((await store.load()).documents).toEqual([]);
  });

  it('are refused when they take the ground from under what is published', async () => {
    await publish([
      order,
      { path: 'c.yaml', text: 'participant: inventory\ncommands: { reserve: {}, release: {} }\n' },
    ]);

    const asked = publish([{ path: 'c.yaml', text: 'participant: inventory\ncommands: { reserve: {} }\n' }]);

    await expect(asked).rejects.toMatchObject({
      code: 'INVALID_DEFINITIONS',
      problems: [expect.stringContaining('order.yaml')],
    });
  });

  it('are refused when a key that they encrypt with is missing', async () => {
    const namespace = 'namespace: shop\nclasses: { private: { encrypt: secret:order-key } }\n';
    const files = [order, { path: 'shop.yaml', text: namespace }];
    const fieldKeys = new GivenFieldKeys({ 'order-key': `1:${Buffer.alloc(32).toString('base64')}` });

    await expect(publish(files)).rejects.toMatchObject({
      code: 'INVALID_DEFINITIONS',
      problems: [
        'shop.yaml:2:32: error: There is no key "order-key" to encrypt "private" with. Put it into a file of this name in the folder that SKALD_SECRETS names, here and for the participants: <id>:<base64 of 32 bytes>.',
      ],
    });
    expect(topics.made).toEqual([]);
    await expect(publish(files, true, undefined, fieldKeys)).resolves.toMatchObject({ revision: 1 });
  });

  it('are refused when there is none', async () => {
    await expect(publish([{ path: 'a.json', text: '{}' }])).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });
});
