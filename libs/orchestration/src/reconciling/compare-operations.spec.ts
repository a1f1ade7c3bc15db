import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { earliestSagaId, sealOperation, type Command } from '#libs/messaging';
import { Scene, sceneDefinitions, sceneKeyring, sceneSaga } from '../coordinator.fixture.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { CompareOperations, type Comparison } from './compare-operations.js';
import { ListOperations } from './list-operations.js';

const hopeless = sceneSaga.replace(
  'timeout: 10s',
  'timeout: 10s\n    retry: { attempts: 1 }\n    ifUnknown: incident',
);

let scene: Scene;
let definitions: LoadedDefinitions;

async function begin(text: string = sceneSaga): Promise<void> {
  definitions = sceneDefinitions(scene.clock, 0, text);
  await definitions.start();
  await scene.startCoordinator({ definitions });
}

beforeEach(() => {
  scene = new Scene();
});

afterEach(() => scene.end());

/** Places an order and answers the command that reserves for it. */
async function reserved(order: string): Promise<Command> {
  scene.place(order);
  await scene.run(1_000);
  const command = scene.commands('inventory').at(-1)!;
  scene.answer(command);
  await scene.run(1_000);
  return command;
}

/** Answers everything that shipping was asked for. */
async function shipped(answer: object = {}): Promise<void> {
  for (const command of scene.commands('shipping')) scene.answer(command, answer);
  await scene.run(1_000);
}

function compare(lines: readonly unknown[], changes: object = {}): Promise<Comparison> {
  const { operators: store, clock } = scene;
  const comparing = new CompareOperations({ store, definitions, keyring: sceneKeyring, clock });
  return comparing.compare({ participant: 'inventory', lines, ...changes });
}

function lineOf({ saga, operation }: Command, state: string, more: object = {}): object {
  return { saga, operation, state, ...more };
}

describe('a participant that says what its saga believes', () => {
  it('agrees with it, in the words of its table too', async () => {
    await begin();
    const command = await reserved('o1');

    expect(await compare([lineOf(command, 'done'), lineOf(command, 'running')])).toEqual({
      agreed: 1,
      open: 1,
      differences: [],
      problems: [],
    });
  });

  it('agrees that an undone step is undone, by its undo as well', async () => {
    await begin();
    const command = await reserved('o1');
    await shipped({ outcome: 'rejected', error: 'no-carrier' });
    const undo = scene.commands('inventory').at(-1)!;
    scene.answer(undo);
    await scene.run(1_000);

    expect(undo.type).toBe('inventory.release');
    expect(await compare([lineOf(command, 'undone'), lineOf(undo, 'done')])).toMatchObject({
      agreed: 2,
      differences: [],
    });
  });

  it('need not know of what another participant undid', async () => {
    await begin(sceneSaga.replace('compensate: inventory.release', 'compensate: shipping.take-back'));
    const command = await reserved('o1');
    await shipped({ outcome: 'rejected', error: 'no-carrier' });
    scene.answer(scene.commands('shipping').at(-1)!);
    await scene.run(1_000);

    expect(scene.status(command.saga)).toBe('compensated');
    expect(await compare([lineOf(command, 'done')])).toMatchObject({ agreed: 1, differences: [] });
  });
});

describe('a participant with another view than a saga', () => {
  it('is told apart where it undid what the saga builds on', async () => {
    await begin();
    const command = await reserved('o1');
    const at = new Date(scene.clock.now() + 60_000).toISOString();

    const { differences } = await compare([lineOf(command, 'undone', { at })]);

    expect(differences).toEqual([
      {
        kind: 'undone-there-done-here',
        line: 1,
        saga: command.saga,
        operation: command.operation,
        definition: 'order',
        businessKey: 'o1',
        block: 'reserve',
        since: Date.parse(at),
        repair: {
          text: expect.stringContaining('do it again by hand'),
          command: `skald fix ${command.saga} reserve --reason '…'`,
        },
      },
    ]);
  });

  it('may have everything undone before the pivot', async () => {
    await begin(sceneSaga.replace('  - step: ship', '  - wait: rest\n    for: 1h\n  - step: ship'));
    const command = await reserved('o1');

    const { differences } = await compare([lineOf(command, 'unknown')]);

    expect(differences[0]?.repair.command).toBe(`skald cancel ${command.saga} --reason '…'`);
  });

  it('says what it has undone where its undo was given up', async () => {
    await begin();
    const command = await reserved('o1');
    await shipped({ outcome: 'rejected', error: 'no-carrier' });
    scene.answer(scene.commands('inventory').at(-1)!, { outcome: 'rejected', error: 'gone' });
    await scene.run(1_000);

    expect(scene.incidents).toEqual(['UNDO_FAILED']);
    expect((await compare([lineOf(command, 'undone')])).differences).toMatchObject([
      {
        kind: 'undone-there-done-here',
        repair: { text: expect.stringContaining('given up'), command: expect.stringContaining('skald fix') },
      },
    ]);
  });

  it('is told apart where it has lost what a saga has ended with', async () => {
    await begin();
    const command = await reserved('o1');
    await shipped();

    const { differences } = await compare([lineOf(command, 'unknown')]);

    expect(differences).toMatchObject([
      { kind: 'done-here-missing-there', repair: { text: expect.stringContaining('the saga has ended') } },
    ]);
    expect(differences[0]!.repair.command).toBeUndefined();
  });

  it('is told apart where it still has what was undone', async () => {
    await begin();
    const command = await reserved('o1');
    await shipped({ outcome: 'rejected', error: 'no-carrier' });
    scene.answer(scene.commands('inventory').at(-1)!);
    await scene.run(1_000);

    expect((await compare([lineOf(command, 'done')])).differences).toMatchObject([
      { kind: 'done-there-undone-here', block: 'reserve' },
    ]);
  });

  it('helps a saga that does not know, by the command that asks again', async () => {
    await begin(hopeless);
    scene.place('o1');
    await scene.run(60_000);
    const command = scene.commands('inventory')[0]!;

    const { differences } = await compare([lineOf(command, 'done'), lineOf(command, 'fenced')]);

    expect(scene.incidents).toEqual(['UNKNOWN']);
    expect(differences.map(({ kind }) => kind)).toEqual([
      'done-there-unknown-here',
      'undone-there-unknown-here',
    ]);
    expect(differences[0]!.repair.command).toBe(`skald retry ${command.saga} --block reserve --reason '…'`);
  });

  it('may answer again what the saga went on without', async () => {
    await begin(
      sceneSaga.replace(
        'compensate: inventory.release',
        'compensate: inventory.release\n    catch: { failed: { do: [{ wait: rest, for: 1h }] } }',
      ),
    );
    scene.place('o1');
    await scene.run(1_000);
    const command = scene.commands('inventory')[0]!;
    scene.answer(command, { outcome: 'failed', error: 'closed', retryAfterMs: 'never' });
    await scene.run(1_000);

    const [difference] = (await compare([lineOf(command, 'done')])).differences;
    scene.answer(command);
    await scene.run(1_000);

    expect(difference).toMatchObject({
      kind: 'done-there-undone-here',
      repair: { text: expect.stringContaining('let inventory send its answer again') },
    });
    expect(scene.commands('inventory').at(-1)!.type).toBe('inventory.release');
  });

  it('is told apart where nobody knows the saga any more', async () => {
    await begin();
    const saga = earliestSagaId(1);
    const operation = sealOperation(sceneKeyring, saga, 'reserve/1/do');

    const { differences, agreed } = await compare([
      { saga, operation, state: 'done' },
      { saga, operation, state: 'undone' },
    ]);

    expect(differences).toMatchObject([{ kind: 'done-there-unknown-here', line: 1 }]);
    expect(differences[0]!.block).toBeUndefined();
    expect(agreed).toBe(1);
  });
});

describe('what may only be on its way', () => {
  it('is no difference', async () => {
    await begin();
    scene.place('o1');
    await scene.run(1_000);

    expect(await compare([lineOf(scene.commands('inventory')[0]!, 'done')])).toMatchObject({
      open: 1,
      differences: [],
    });
  });

  it('is none either where the saga has moved since the list was made', async () => {
    await begin();
    const takenAt = scene.clock.now();
    const command = await reserved('o1');

    expect(await compare([lineOf(command, 'unknown')], { takenAt })).toMatchObject({
      open: 1,
      differences: [],
    });
  });
});

describe('a line that cannot be compared', () => {
  it('is named with what is wrong, and the others count', async () => {
    await begin();
    const command = await reserved('o1');
    const { saga } = command;
    const forged = command.operation.replace('~', '~x');
    const foreign = { ...command, operation: sealOperation(sceneKeyring, saga, 'ship/1/do') };

    const { problems, agreed } = await compare([
      'a text',
      lineOf(command, 'finished'),
      { operation: command.operation, state: 'done' },
      { saga, state: 'done' },
      lineOf({ ...command, operation: forged }, 'done'),
      lineOf(foreign, 'unknown', { line: 77 }),
      lineOf(command, 'done', { at: 'yesterday' }),
      lineOf(command, 'done', { when: 'today' }),
      lineOf(command, 'done'),
    ]);

    expect(problems.map(({ line, problem }) => [line, problem])).toEqual([
      [1, 'it has to be a JSON object'],
      [2, expect.stringContaining('state has to be one of done, undone')],
      [3, expect.stringContaining('say saga')],
      [4, expect.stringContaining('say operation')],
      [5, expect.stringContaining('nothing was asked for under this key')],
      [77, 'shipping.ship is a command of another participant than inventory'],
      [7, expect.stringContaining('ISO 8601')],
      [8, expect.stringContaining('no field "when"')],
    ]);
    expect(agreed).toBe(1);
  });
});

describe('what a participant was asked for', () => {
  function list(changes: object = {}) {
    const listing = new ListOperations(scene.operators, definitions, sceneKeyring);
    const until = scene.clock.now() + 1;
    return listing.list({ participant: 'inventory', from: 0, until, limit: 10, ...changes });
  }

  it('is listed with its keys, saga by saga', async () => {
    await begin();
    const commands = [await reserved('o1'), await reserved('o2')];

    const first = await list({ limit: 1 });
    const second = await list({ limit: 1, after: first.next });
    const last = await list({ limit: 1, after: second.next });

    expect([...first.operations, ...second.operations]).toEqual(
      commands.map(({ saga, operation }) => ({ saga, keys: [operation], isDone: true })),
    );
    expect(last).toEqual({ operations: [] });
  });

  it('is listed of sagas that began in a time alone', async () => {
    await begin();
    await reserved('o1');
    const from = scene.clock.now();
    const { saga } = await reserved('o2');

    expect((await list({ from })).operations.map((one) => one.saga)).toEqual([saga]);
  });

  it('is nothing one can ask of a stranger', async () => {
    await begin();

    await expect(list({ participant: 'nobody' })).rejects.toThrow(
      'no definition calls a participant "nobody"',
    );
  });
});
