import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deriveDeskId, type JsonObject, type SagaId } from '#libs/messaging';
import { InMemoryCommandSink } from '#libs/memory';
import {
  compiledPrograms,
  fixedDefinitions,
  Scene,
  sceneDefinitions,
  sceneInstallation,
  sceneKeyring,
} from '../coordinator.fixture.js';
import { ActOnTask, type TaskActAnswer } from '../use-cases/act-on-task.js';
import { DeclareOutage } from '../use-cases/declare-outage.js';
import { GetTask } from '../use-cases/get-task.js';
import { HomeMailbox } from '../use-cases/home-mailbox.js';
import { within } from '../use-cases/home.fixture.js';
import { ListTasks } from '../use-cases/list-tasks.js';
import { timelineOf } from '../use-cases/timeline.js';

const namespace = `
namespace: claims
roles: { clerk: { authority: 1 }, adjudicator: { authority: 3 }, head-of-claims: { authority: 4 } }
`;
const order = `
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
timeout: 10m
steps:
  - task: adjudicate
    title: Decide \${ input.orderId }
    to: { role: adjudicator }
    show: { order: '\${ input }' }
    due: 5m
    escalate: [{ after: 60s, to: { role: head-of-claims } }]
    answers:
      approve: []
      deny: { adverse: true, needs: [reason], do: [{ end: denied }] }
  - emit: told
    event: shop.order.fulfilled
    with: { by: '\${ steps.adjudicate.output.by }' }
`;
const contract = `
participant: shop
events: { shop.order.placed: {}, shop.order.fulfilled: {} }
`;

const ann = { by: 'ann', roles: ['adjudicator'] };
const hedda = { by: 'hedda', roles: ['head-of-claims'] };

let scene: Scene;
let acts: ActOnTask;
let saga: SagaId;
let task: string;

beforeEach(async () => {
  scene = new Scene();
  scene.broker.createTopic('skald.events');
  await startCoordinator();
  const mailbox = await openMailbox();
  const definitions = fixedDefinitions(scene.clock, []);
  acts = new ActOnTask({ store: scene.operators, definitions, mailbox, clock: scene.clock });
  scene.tell('shop.order.placed', 'O1', { orderId: 'O1' }, 'placed');
  await scene.run(1_000);
  saga = scene.onlySaga;
  task = deriveDeskId('task', `${saga} adjudicate/1/wait`);
});

afterEach(() => scene.end());

describe('a saga that asks people', () => {
  it('goes on with the answer', async () => {
    const answered = await answer(ann, 'approve');

    expect(answered).toMatchObject({ kind: 'done', detail: 'answered "approve"' });
    expect(scene.status(saga)).toBe('completed');
    expect(noticed('shop.events', 'shop.order.fulfilled')).toEqual([{ by: 'ann' }]);
  });

  it('waits far beyond its own time', async () => {
    await scene.run(900_000);
    expect(scene.status(saga)).toBe('running');

    expect(await answer(hedda, 'deny', { reason: 'no cover' })).toMatchObject({ kind: 'done' });
    expect(scene.status(saga)).toBe('completed');
  });

  it('shows in its timeline who answered', async () => {
    await answer(ann, 'approve');

    expect(timelineOf(scene.history(saga)).map(({ text }) => text)).toContain(
      'adjudicate heard answered by ann: approve',
    );
  });

  it('withdraws the question when it is cancelled', async () => {
    scene.act(saga, 'cancel');
    await scene.run(1_000);

    expect((await gets(scene).get(task)).status).toBe('withdrawn');
    expect(await answer(ann, 'approve')).toMatchObject({ kind: 'refused', code: 'TASK_WITHDRAWN' });
  });
});

describe('a task', () => {
  it('is put to more people in time, and tells so', async () => {
    await scene.run(61_000);

    expect(noticed('skald.events', 'skald.task-escalated')).toEqual([
      expect.objectContaining({ task, title: 'Decide O1', to: [{ role: 'head-of-claims', authority: 4 }] }),
    ]);
  });

  it('is put to more people by the next owner of its lane', async () => {
    await scene.end();
    await startCoordinator();
    await scene.run(61_000);

    expect(noticed('skald.events', 'skald.task-escalated')).toHaveLength(1);
  });

  it('keeps one of two answers that come at once', async () => {
    await scene.run(61_000);
    const both = Promise.all([send(ann, 'approve'), send(hedda, 'deny', { reason: 'no' })]);
    const [first, second] = await within(scene.clock, 10_000, both);

    expect(first).toMatchObject({ kind: 'done' });
    expect(second).toMatchObject({ kind: 'refused', code: 'TASK_ANSWERED' });
    expect(scene.history(saga).filter(({ input }) => input.kind === 'heard')).toHaveLength(1);
  });

  it('turns down whoever lacks authority, and keeps that', async () => {
    const refused = await answer({ by: 'carl', roles: ['clerk'] }, 'approve');

    expect(refused).toMatchObject({ kind: 'refused', code: 'NOT_ASKED' });
    expect((await gets(scene).get(task)).history.at(-1)).toMatchObject({
      what: 'refused',
      by: 'carl',
    });
    expect(await scene.operators.audits(saga)).toEqual([
      expect.objectContaining({ by: 'carl', action: 'answer adjudicate approve', result: 'refused' }),
    ]);
  });

  it('takes the same request twice as one', async () => {
    const once = await within(scene.clock, 10_000, send(ann, 'approve', {}, 'k1'));
    const twice = await within(scene.clock, 10_000, send(ann, 'approve', {}, 'k1'));

    expect(twice).toEqual(once);
  });

  it('refuses a key that was used for another answer', async () => {
    await within(scene.clock, 10_000, send(ann, 'approve', {}, 'k1'));

    await expect(send(ann, 'deny', { reason: 'no' }, 'k1')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('is listed by role and by person as long as it is open', async () => {
    const lists = new ListTasks(scene.operators, fixedDefinitions(scene.clock, []));
    expect((await lists.list({ role: 'adjudicator' })).tasks).toMatchObject([
      { id: task, title: 'Decide O1', businessKey: 'O1', saga },
    ]);
    expect((await lists.list({ role: 'head-of-claims' })).tasks).toEqual([]);
    await within(scene.clock, 10_000, acts.act({ task, input: { kind: 'claim', ...ann } }));
    expect((await lists.list({ assignee: 'ann' })).tasks).toMatchObject([{ id: task, claimedBy: 'ann' }]);
    await answer(ann, 'approve');

    expect((await lists.list({ role: 'adjudicator' })).tasks).toEqual([]);
    expect((await lists.list({ saga })).tasks).toMatchObject([{ id: task, status: 'answered' }]);
  });

  it('shows what is to be seen, and who may answer', async () => {
    const reading = gets(scene);

    expect(await reading.get(task, ann)).toMatchObject({
      show: { order: { orderId: 'O1' } },
      answers: { approve: {}, deny: { adverse: true, needs: ['reason'] } },
      you: { mayAnswer: true },
    });
    expect((await reading.get(task, hedda)).you).toMatchObject({ mayAnswer: false });
  });

  it('is not late for an outage', async () => {
    const outages = new DeclareOutage(scene.operators, await openMailbox());
    const { dueAt } = await gets(scene).get(task);
    const from = scene.clock.now();
    await within(scene.clock, 1_000, outages.declare({ from }));
    await scene.run(600_000);
    expect(noticed('skald.events', 'skald.task-overdue')).toEqual([]);
    const to = scene.clock.now();
    await within(scene.clock, 1_000, outages.declare({ from, to }));
    await scene.run(1_000);

    expect((await gets(scene).get(task)).dueAt).toBe(dueAt! + to - from);
  });

  it('vanishes long after it is over', async () => {
    await answer(ann, 'approve');

    expect(scene.tables.desks.get(task)).toMatchObject({ tags: [`saga ${saga}`] });
    expect(scene.tables.desks.get(task)!.expiresAt).toBe(
      (await gets(scene).get(task)).closedAt! + 30 * 86_400_000,
    );
  });
});

async function startCoordinator(): Promise<void> {
  const definitions = fixedDefinitions(scene.clock, compiledPrograms(namespace, contract, order));
  await definitions.start();
  await scene.startCoordinator({ definitions });
}

async function openMailbox(): Promise<HomeMailbox> {
  const sink = new InMemoryCommandSink(scene.broker);
  await sink.start();
  return new HomeMailbox({
    sink,
    clock: scene.clock,
    keyring: sceneKeyring,
    installation: sceneInstallation,
  });
}

/** Nothing of these tasks is classed, so any definitions will do. */
function gets({ operators, clock }: Scene): GetTask {
  return new GetTask(operators, sceneDefinitions(clock), clock);
}

function send(
  person: typeof ann,
  name: string,
  fields: JsonObject = {},
  idempotencyKey?: string,
): Promise<TaskActAnswer> {
  return acts.act({
    task,
    input: { kind: 'answer', ...person, answer: name, fields },
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
}

async function answer(person: typeof ann, name: string, fields: JsonObject = {}): Promise<TaskActAnswer> {
  const answered = await within(scene.clock, 10_000, send(person, name, fields));
  await scene.run(1_000);
  return answered;
}

function noticed(topic: string, type: string): readonly unknown[] {
  const { records } = scene.broker.log({ topic, part: 0 })!.read(0, 1_000);
  return records
    .filter(({ headers }) => headers['ce_type']?.toString() === type)
    .map(({ value }) => JSON.parse(value!.toString()) as unknown);
}
