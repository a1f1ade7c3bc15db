import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Scene, sceneDefinitions, sceneSaga } from '../coordinator.fixture.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { GetSaga } from './get-saga.js';
import { ListStalled } from './list-stalled.js';

const minute = 60_000;
const paced = sceneSaga.replace('timeout: 1h', 'timeout: 1h\ntarget: { share: 95%, within: 30s }');

let scene: Scene;
let definitions: LoadedDefinitions;

async function begin(text: string): Promise<void> {
  definitions = sceneDefinitions(scene.clock, 0, text);
  await definitions.start();
  await scene.startCoordinator({ definitions });
}

beforeEach(() => {
  scene = new Scene();
});

afterEach(() => scene.end());

function list(definition?: string) {
  const sagas = new GetSaga(scene.operators, definitions, scene.clock);
  return new ListStalled(scene.operators, definitions, sagas, scene.clock).list(definition);
}

describe('a saga whose participant is silent', () => {
  it('stands still after the time of its target, however often it is asked', async () => {
    await begin(paced);
    scene.place('o1');
    await scene.run(20_000);
    expect((await list()).sagas).toEqual([]);

    await scene.run(40_000);

    const { sagas, more } = await list('order');
    expect(scene.commands('inventory').length).toBeGreaterThan(1);
    expect(sagas).toMatchObject([
      {
        businessKey: 'o1',
        status: 'running',
        stalled: { blocker: expect.stringMatching(/^the answer of inventory\.reserve/) },
      },
    ]);
    expect([sagas[0]!.stalled.since, more]).toEqual([
      scene.tables.instances.get(sagas[0]!.id)!.startedAt,
      false,
    ]);
  });

  it('does not stand still any more when an answer has come', async () => {
    await begin(paced);
    scene.place('o1');
    await scene.run(minute);
    scene.answer(scene.commands('inventory')[0]!);
    await scene.run(1_000);

    expect((await list()).sagas).toEqual([]);
  });

  it('is not judged without a target', async () => {
    await begin(sceneSaga);
    scene.place('o1');
    await scene.run(minute);

    expect((await list('order')).sagas).toEqual([]);
  });
});

describe('a definition that nobody has published', () => {
  it('has no sagas that could stand still', async () => {
    await begin(sceneSaga);

    await expect(list('nothing')).rejects.toThrow('there is no definition "nothing"');
  });
});
