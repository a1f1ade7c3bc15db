import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryInstallationStore, InMemoryTables } from '#libs/memory';
import { FakeClock } from '#libs/testing';
import { TopicAdmin, type TopicDescription, type TopicSpec } from '../topic-admin.js';
import { CheckLayout } from './check-layout.js';
import { Install } from './install.js';

class FakeTopicAdmin extends TopicAdmin {
  readonly topics = new Map<string, TopicDescription>();

  override missing(names: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(names.filter((name) => !this.topics.has(name)));
  }

  override describe(names: readonly string[]): Promise<readonly TopicDescription[]> {
    return Promise.resolve(names.flatMap((name) => this.topics.get(name) ?? []));
  }

  override create(topics: readonly TopicSpec[]): Promise<void> {
    for (const { name, partitions, replication = 1, config } of topics) {
      if (!this.topics.has(name)) this.topics.set(name, { name, partitions, replication, config });
    }
    return Promise.resolve();
  }

  change(name: string, changes: Partial<TopicDescription>): void {
    this.topics.set(name, { ...this.topics.get(name)!, ...changes });
  }
}

let store: InMemoryInstallationStore;
let topics: FakeTopicAdmin;
const choice = { name: 'skald', homePartitions: 12 };

beforeEach(() => {
  store = new InMemoryInstallationStore(new InMemoryTables());
  topics = new FakeTopicAdmin();
});

function install(changes: Partial<typeof choice & { readonly replication: number }> = {}) {
  return new Install(store, topics, new FakeClock()).install({ ...choice, ...changes });
}

function check(name = 'skald') {
  return new CheckLayout(store, topics).check(name);
}

describe('installing', () => {
  it('makes a home topic that gives time and keeps everything for two weeks', async () => {
    await install();

    expect(topics.topics.get('skald.home')).toMatchObject({
      partitions: 12,
      config: {
        'message.timestamp.type': 'LogAppendTime',
        'cleanup.policy': 'delete',
        'retention.ms': '1209600000',
      },
    });
  });

  it('fixes the names of groups and topic', async () => {
    expect((await install()).installation).toMatchObject({
      name: 'skald',
      homeTopic: 'skald.home',
      homePartitions: 12,
      group: 'skald',
      gateGroup: 'skald.gates',
    });
  });

  it('may be done again', async () => {
    const first = await install();

    expect((await install()).installation).toEqual(first.installation);
  });

  it('asks two replicas to confirm where there are three', async () => {
    const { warnings } = await install({ replication: 3 });

    expect(topics.topics.get('skald.home')?.config['min.insync.replicas']).toBe('2');
    expect(warnings).toEqual([]);
  });

  it('warns of a single replica', async () => {
    expect((await install()).warnings).toEqual([expect.stringContaining('1 replica')]);
  });

  it.each([{ name: 'other' }, { homePartitions: 24 }])(
    'refuses to become another installation',
    async (changes) => {
      await install();

      await expect(install(changes)).rejects.toMatchObject({
        code: 'LAYOUT',
        message: expect.stringContaining('belongs to installation "skald"'),
      });
    },
  );

  it.each([{ name: 'No Spaces' }, { name: '' }, { homePartitions: 0 }, { homePartitions: 1.5 }])(
    'refuses %j',
    async (changes) => {
      await expect(install(changes)).rejects.toMatchObject({ code: 'LAYOUT' });
      expect(topics.topics.size).toBe(0);
    },
  );

  it('refuses a topic that is there and compacts', async () => {
    await topics.create([
      {
        name: 'skald.home',
        partitions: 12,
        config: { 'message.timestamp.type': 'LogAppendTime', 'cleanup.policy': 'compact' },
      },
    ]);

    await expect(install()).rejects.toMatchObject({
      message: expect.stringContaining('cleanup.policy=compact'),
    });
    expect(await store.find()).toBeUndefined();
  });
});

describe('a layout at start', () => {
  it('names the command where nothing is installed', async () => {
    await expect(check()).rejects.toMatchObject({
      code: 'LAYOUT',
      message: expect.stringContaining('skald install --name skald'),
    });
  });

  it('is fit after installing', async () => {
    await install();

    expect((await check()).installation.homePartitions).toBe(12);
  });

  it('tells whose database it is', async () => {
    await install();

    await expect(check('other')).rejects.toMatchObject({
      message: expect.stringContaining('SKALD_INSTALLATION=skald'),
    });
  });

  it('is refused without its home topic', async () => {
    await install();
    topics.topics.clear();

    await expect(check()).rejects.toMatchObject({
      message: expect.stringContaining('"skald install" makes it'),
    });
  });

  it('is refused when partitions are missing', async () => {
    await install();
    topics.change('skald.home', { partitions: 6 });

    await expect(check()).rejects.toMatchObject({
      message: expect.stringContaining('has 6 partitions but was installed with 12'),
    });
  });

  it('takes partitions that were added', async () => {
    await install();
    topics.change('skald.home', { partitions: 24 });

    expect((await check()).installation.homePartitions).toBe(12);
  });

  it('is refused when producers give the time', async () => {
    await install();
    topics.change('skald.home', {
      config: { 'message.timestamp.type': 'CreateTime', 'cleanup.policy': 'delete' },
    });

    await expect(check()).rejects.toMatchObject({ message: expect.stringContaining('LogAppendTime') });
  });
});
