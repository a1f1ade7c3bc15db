import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Scene, sceneDefinitions } from '../coordinator.fixture.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { GetSaga } from './get-saga.js';
import { GroupIncidents } from './group-incidents.js';
import { ListSagas } from './list-sagas.js';
import { ListStalled } from './list-stalled.js';
import { ListTasks } from './list-tasks.js';
import { ReportQuality } from './report-quality.js';
import { ReportRepairs } from './report-repairs.js';
import { ReportTime } from './report-time.js';
import { ShowBoard } from './show-board.js';
import { TellStatus } from './tell-status.js';

let scene: Scene;
let loaded: LoadedDefinitions;

beforeEach(() => {
  scene = new Scene();
  loaded = sceneDefinitions(scene.clock);
});

afterEach(() => scene.end());

/** Everything that looks at one definition, by what it tells. */
const looks: Readonly<Record<string, (definition: string) => Promise<unknown>>> = {
  quality: (definition) => new ReportQuality(scene.operators, loaded, scene.clock).report({ definition }),
  repairs: (definition) => new ReportRepairs(scene.operators, loaded, scene.clock).report({ definition }),
  tasks: async (definition) => (await new ListTasks(scene.operators, loaded).list({ definition })).tasks,
  sagas: async (definition) => (await new ListSagas(scene.operators, loaded).list({ definition })).sagas,
  boards: (definition) => new ShowBoard(scene.operators, loaded, scene.clock).show(definition),
  stalled: async (definition) => (await stalled().list(definition)).sagas,
  incidents: (definition) => new GroupIncidents(scene.operators, loaded).group({ definition }),
  time: (definition) => new ReportTime(scene.operators, loaded, scene.clock).report({ definition }),
};

function stalled(): ListStalled {
  const { operators: store, clock } = scene;
  return new ListStalled(store, loaded, new GetSaga(store, loaded, clock), clock);
}

describe.each(Object.keys(looks))('whoever looks at %s', (what) => {
  it('is told of a typo, and what could be meant', async () => {
    await expect(looks[what]!('ordre')).rejects.toMatchObject({
      code: 'UNKNOWN_DEFINITION',
      message: 'there is no definition "ordre". Did you mean "order"?',
    });
  });

  it('finds nothing of a definition that was published a moment ago', async () => {
    expect(await looks[what]!('order')).toEqual([]);
  });
});

describe('whoever asks how far something is', () => {
  it.each([
    ['ordre', 'there is no definition "ordre". Did you mean "order"?'],
    ['order', 'there is no order of o1'],
  ])('is told what there is not of %s', async (definition, message) => {
    const status = new TellStatus(scene.operators, loaded);

    await expect(status.tell({ definition, key: 'o1' })).rejects.toThrow(message);
  });
});
