import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryDefinitionStore, InMemoryTables } from '#libs/memory';
import { FakeClock } from '#libs/testing';
import { LoadedDefinitions } from './loaded-definitions.js';
import { compilePublication } from './use-cases/compile-documents.js';
import { orderText } from './use-cases/program.fixture.js';

let clock: FakeClock;
let store: InMemoryDefinitionStore;
let loaded: LoadedDefinitions;
let errors: unknown[];

function publish(version: number, event = 'shop.order.placed'): Promise<number> {
  const text = orderText.replace('version: 1', `version: ${version}`).replace('shop.order.placed', event);
  return store.publish([{ kind: 'saga', name: 'order', version, file: 'order.yaml', text }], [], 'ann');
}

/** With the names of what was compiled, each time. */
function countedDefinitions() {
  const compiled: (readonly string[])[] = [];
  const counted = new LoadedDefinitions({
    store,
    clock,
    compile: (publication) => {
      compiled.push(publication.documents.map(({ name }) => name));
      return compilePublication(publication);
    },
  });
  return { counted, compiled };
}

beforeEach(() => {
  clock = new FakeClock();
  store = new InMemoryDefinitionStore(new InMemoryTables(), clock);
  errors = [];
  loaded = new LoadedDefinitions({
    store,
    clock,
    compile: compilePublication,
    onError: (error) => errors.push(error),
  });
});

afterEach(() => loaded.stop());

describe('definitions that were published before', () => {
  it('are there when it has started', async () => {
    await publish(1);
    await loaded.start();

    expect(loaded.program('order', 1)?.version).toBe(1);
    expect(loaded.program('order', 2)).toBeUndefined();
  });

  it('start new instances by the newest version only', async () => {
    await publish(1, 'shop.order.placed');
    await publish(2, 'web.order.placed');
    await loaded.start();

    expect(loaded.current('order')?.version).toBe(2);
    expect(loaded.triggersOf('shop.order.placed')).toEqual([]);
    expect(loaded.triggersOf('web.order.placed').map(({ program }) => program.version)).toEqual([2]);
    expect(loaded.topics()).toEqual(['web.events']);
  });
});

describe('the contract of a participant', () => {
  it('says who owns it, by its present text', async () => {
    const contract = (owner: string) => ({
      kind: 'participant',
      name: 'shop',
      version: 0,
      file: 'shop.yaml',
      text: `participant: shop\nowner: ${owner}\n`,
    });
    await store.publish([contract('sales')], [], 'ann');
    await loaded.start();
    const before = loaded.ownerOfParticipant('shop');
    await store.publish([contract('web-team')], [], 'ann');
    await loaded.refresh();

    expect([before, loaded.ownerOfParticipant('shop')]).toEqual(['sales', 'web-team']);
    expect(loaded.ownerOfParticipant('inventory')).toBeUndefined();
    expect(loaded.participants()).toEqual(['shop']);
  });
});

describe('a definition published while it runs', () => {
  it('is seen within two seconds, and told', async () => {
    let changes = 0;
    await loaded.start();
    loaded.onChange(() => (changes += 1));
    await publish(1);

    await clock.run(1_900);
    expect(loaded.program('order', 1)).toBeUndefined();

    await clock.run(200);
    expect([loaded.program('order', 1)?.version, changes]).toEqual([1, 1]);
  });

  it('is seen at once by who needs it', async () => {
    await loaded.start();
    await publish(1);

    expect((await loaded.load('order', 1))?.version).toBe(1);
  });

  it('is seen by who needs it although a look was under way', async () => {
    await loaded.start();
    const look = loaded.refresh();
    await publish(1);

    expect((await loaded.load('order', 1))?.version).toBe(1);
    await look;
  });

  it('tells nobody who has stopped listening', async () => {
    let changes = 0;
    await loaded.start();
    loaded.onChange(() => (changes += 1))();
    await publish(1);
    await loaded.refresh();

    expect(changes).toBe(0);
  });
});

describe('a namespace published anew', () => {
  const hours = async (): Promise<(number | undefined)[]> => {
    await loaded.refresh();
    return [undefined, loaded.editionAt(clock.now(), 'order', 1)].map(
      (edition) => loaded.programIn(edition, 'order', 1)!.timeoutMs / 3_600_000,
    );
  };
  const publishNamespace = async (timeout: string): Promise<void> => {
    await clock.run(1_000);
    const text = `namespace: shop\ntimeout: ${timeout}\n`;
    await store.publish(
      [{ kind: 'namespace', name: 'shop', version: 0, file: 'shop.yaml', text }],
      [],
      'ann',
    );
  };

  it('counts for sagas that begin from then on', async () => {
    await publish(1);
    await publishNamespace('5h');

    expect(await hours()).toEqual([720, 5]);
  });

  it('leaves each saga what was said when it began', async () => {
    await publishNamespace('5h');
    await publish(1);
    await loaded.refresh();
    const first = loaded.editionAt(clock.now(), 'order', 1);
    await publishNamespace('6h');
    await loaded.refresh();
    const second = loaded.editionAt(clock.now(), 'order', 1);
    await publishNamespace('5h');
    await loaded.refresh();

    expect(first).toBeUndefined();
    expect(loaded.programIn(first, 'order', 1)?.timeoutMs).toBe(5 * 3_600_000);
    expect(loaded.programIn(second, 'order', 1)?.timeoutMs).toBe(6 * 3_600_000);
    expect(await hours()).toEqual([5, 5]);
  });

  it('is compiled once, however many sagas run by what it said before', async () => {
    const { counted, compiled } = countedDefinitions();
    await publish(1);
    await publishNamespace('5h');
    await counted.refresh();
    counted.programIn(undefined, 'order', 1);
    await publish(2);
    await counted.refresh();
    for (let saga = 0; saga < 100; saga++) counted.programIn(undefined, 'order', 1);

    expect(compiled).toHaveLength(3);
  });

  it('is compiled once, too, for a version that came later', async () => {
    const { counted, compiled } = countedDefinitions();
    await publish(1);
    await publishNamespace('5h');
    await publish(2);
    await counted.refresh();
    const found = Array.from({ length: 100 }, () => counted.programIn(undefined, 'order', 2));

    expect([new Set(found), compiled.length]).toEqual([new Set([undefined]), 2]);
  });

  it('is looked for by who meets a saga that began with it', async () => {
    await publish(1);
    await loaded.refresh();
    await publishNamespace('5h');
    const edition = clock.now();

    expect(loaded.programIn(edition, 'order', 1)).toBeUndefined();
    expect((await loaded.loadIn(edition, 'order', 1))?.timeoutMs).toBe(5 * 3_600_000);
  });

  it('is kept for sagas together with those that read facts', async () => {
    const contract = `participant: wms
events: { wms.counted: { key: data.sku } }
facts: { wms.stock: { from: wms.counted, key: data.sku, readBy: read-stock } }
`;
    const reader = 'saga: read-stock\nversion: 1\nkey: input.key\nsteps: []\nknown: { value: 1 }\n';
    const documents = [
      { kind: 'participant', name: 'wms', version: 0, file: 'wms.yaml', text: contract },
      { kind: 'saga', name: 'read-stock', version: 1, file: 'read-stock.yaml', text: reader },
    ];
    await store.publish(documents, [], 'ann');
    await publish(1);
    await publishNamespace('5h');
    await loaded.refresh();

    expect(loaded.programIn(undefined, 'order', 1)?.timeoutMs).toBe(30 * 24 * 3_600_000);
  });

  it('is kept for sagas with those they run, and with no others', async () => {
    const { counted, compiled } = countedDefinitions();
    await publish(1);
    const child = `{ saga: child, definition: order, with: { orderId: a }, key: input.id, compensate: { none: sent } }`;
    const text = `saga: parent\nversion: 1\nkey: input.id\nsteps: [${child}]\n`;
    const stranger = 'saga: stranger\nversion: 1\nkey: input.id\nsteps: [{ set: x, value: 1 }]\n';
    await store.publish(
      [
        { kind: 'saga', name: 'parent', version: 1, file: 'parent.yaml', text },
        { kind: 'saga', name: 'stranger', version: 1, file: 'stranger.yaml', text: stranger },
      ],
      [],
      'ann',
    );
    await publishNamespace('5h');
    await counted.refresh();

    expect(counted.programIn(undefined, 'parent', 1)?.sagas).toEqual(['order']);
    expect(compiled.at(-1)).toEqual(['order', 'parent']);
  });
});

describe('a store that fails', () => {
  it('keeps it from starting', async () => {
    store.revision = () => Promise.reject(new Error('away'));

    await expect(loaded.start()).rejects.toThrow('away');
  });

  it('leaves what was loaded in use and is asked again', async () => {
    await publish(1);
    await loaded.start();
    const revision = store.revision.bind(store);
    store.revision = () => Promise.reject(new Error('away'));
    await clock.run(2_000);
    expect([loaded.program('order', 1)?.version, errors.length]).toEqual([1, 1]);

    store.revision = revision;
    await publish(2);
    await clock.run(2_000);
    expect(loaded.current('order')?.version).toBe(2);
  });
});

describe('stopping', () => {
  it('ends the looking, twice and before start', async () => {
    await loaded.stop();
    await loaded.start();
    await loaded.stop();
    await loaded.stop();
    await publish(1);
    await clock.run(10_000);

    expect(loaded.program('order', 1)).toBeUndefined();
  });
});
