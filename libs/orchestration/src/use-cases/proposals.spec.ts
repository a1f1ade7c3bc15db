import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryCommandSink } from '#libs/memory';
import { deriveDeskId, type SagaId } from '#libs/messaging';
import {
  compiledPrograms,
  fixedDefinitions,
  Scene,
  sceneInstallation,
  sceneKeyring,
} from '../coordinator.fixture.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { ActOnTask } from './act-on-task.js';
import { GetSaga } from './get-saga.js';
import { GetTask } from './get-task.js';
import { HomeMailbox } from './home-mailbox.js';
import { within } from './home.fixture.js';
import { RequestAction } from './request-action.js';

const contracts = `namespace: shop
roles: { lead: { authority: 1 }, head: { authority: 2 } }
---
participant: shop
events: { shop.order.placed: {} }
---
participant: shipping
commands:
  ship:
    input: { type: object, properties: { boxes: { type: integer }, van: { type: string } } }
    rules:
      fits-the-van: { holds: data.boxes <= 10, because: a van takes 10 boxes, instead: at most 10 boxes }
---
participant: inventory
kind: agent
owner: planning
clearance: []
commands:
  plan: { effect: none, allow: { of: data.van, values: [small, large] }, record: [data.van] }
`;
const proposal = (name: string, gate: string, first: string, boxes: string): string => `---
saga: ${name}
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed, gates: { mine: data.by == '${gate}' } }]
toggles: { planning: { default: true } }
steps:
${first}
  - { step: ship, call: shipping.ship, pivot: true, with: { boxes: '\${ ${boxes} }' } }
  - task: look
    to: { role: lead }
    show: { plan: '\${ steps.?plan.output.orValue(null) }' }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { fine: [], wrong: [] }
`;
const PLAN = `  - step: plan
    call: inventory.plan
    toggle: planning
    catch: { switched-off: incident, failed: incident, unknown: incident, invalid: incident }`;
const DECIDE = `  - task: decide
    to: { role: lead }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { pack: { needs: [boxes] }, leave: [{ end: left }] }`;

const documents =
  contracts +
  proposal('by-agent', 'agent', PLAN, 'steps.plan.output.boxes') +
  proposal('by-person', 'person', DECIDE, 'steps.decide.output.boxes').replace(
    "show: { plan: '${ steps.?plan.output.orValue(null) }' }\n    ",
    '',
  );

const BROKEN =
  'shipping.ship is not sent, by its rule "fits-the-van" (0.yaml:12): a van takes 10 boxes; ' +
  'data.boxes <= 10 does not hold, and data.boxes is 12. Allowed: at most 10 boxes';

let scene: Scene;
let definitions: LoadedDefinitions;
let acts: ActOnTask;
let actions: RequestAction;

beforeEach(async () => {
  scene = new Scene();
  scene.broker.createTopic('skald.events');
  definitions = fixedDefinitions(scene.clock, compiledPrograms(documents));
  await definitions.start();
  await scene.startCoordinator({ definitions });
  const sink = new InMemoryCommandSink(scene.broker);
  await sink.start();
  const { clock, operators: store } = scene;
  const mailbox = new HomeMailbox({
    sink,
    clock,
    keyring: sceneKeyring,
    installation: sceneInstallation,
  });
  acts = new ActOnTask({ store, definitions, mailbox, clock });
  actions = new RequestAction({ store, mailbox, clock });
});

afterEach(() => scene.end());

async function placed(by: 'agent' | 'person'): Promise<SagaId> {
  scene.tell('shop.order.placed', 'O1', { orderId: 'O1', by }, 'placed');
  await scene.run(1_000);
  return scene.onlySaga;
}

async function answer(saga: SagaId, boxes: number) {
  const input = { kind: 'answer', by: 'ann', roles: ['lead'], answer: 'pack', fields: { boxes } } as const;
  const task = deriveDeskId('task', `${saga} decide/1/wait`);
  const said = await within(scene.clock, 10_000, acts.act({ task, input }));
  await scene.run(1_000);
  return said;
}

async function skip(saga: SagaId, boxes: number, van = 'small') {
  const request = { saga, action: 'skip', by: 'olga', reason: 'it is away', output: { boxes, van } } as const;
  const said = await within(scene.clock, 10_000, actions.request(request));
  await scene.run(1_000);
  return said;
}

async function agentSays(boxes: number): Promise<void> {
  scene.answer(scene.commands('inventory').at(-1)!, { data: { van: 'small', boxes } });
  await scene.run(1_000);
}

async function agentFails(): Promise<void> {
  scene.answer(scene.commands('inventory').at(-1)!, {
    outcome: 'failed',
    error: 'away',
    retryAfterMs: 'never',
  });
  await scene.run(1_000);
}

/** What its timeline says of the rule. */
async function told(saga: SagaId): Promise<readonly string[]> {
  const { timeline } = await new GetSaga(scene.operators, definitions, scene.clock).get(saga);
  return timeline.flatMap(({ text }) => (text.includes('fits-the-van') ? [text] : []));
}

/** Each proposes so many boxes; what it is told, if anything. */
const proposers = {
  'an agent': async (boxes: number) => {
    const saga = await placed('agent');
    await agentSays(boxes);
    return { saga, said: undefined };
  },
  'a person who answers': async (boxes: number) => {
    const saga = await placed('person');
    return { saga, said: await answer(saga, boxes) };
  },
  'a person who repairs': async (boxes: number) => {
    const saga = await placed('agent');
    await agentFails();
    return { saga, said: await skip(saga, boxes) };
  },
};

describe('what breaks a rule about a command', () => {
  it.each([
    ['an agent', 'compensated', undefined, `${BROKEN} (proposed by agent inventory)`],
    [
      'a person who answers',
      'running',
      { kind: 'refused', code: 'RULE_BROKEN', detail: `${BROKEN}. Other answers: leave` },
      `decide refused the answer "pack" of ann: ${BROKEN}`,
    ],
    [
      'a person who repairs',
      'running',
      { kind: 'refused', detail: BROKEN },
      `refused (RULE_BROKEN): ${BROKEN}`,
    ],
  ] as const)(
    'is never sent, and kept in the history, when %s proposes it',
    async (who, status, is, line) => {
      const { saga, said } = await proposers[who](12);

      expect(scene.commands('shipping')).toEqual([]);
      expect(scene.status(saga)).toBe(status);
      if (is !== undefined) expect(said).toMatchObject(is);
      expect(await told(saga)).toContain(line);
    },
  );

  it.each(['an agent', 'a person who answers', 'a person who repairs'] as const)(
    'does not keep %s from what is allowed',
    async (who) => {
      const { saga } = await proposers[who](10);

      expect(scene.commands('shipping').map(({ data }) => data)).toEqual([{ boxes: 10 }]);
      expect(await told(saga)).toEqual([]);
    },
  );

  it('is kept with the task, which takes another answer', async () => {
    const { saga } = await proposers['a person who answers'](12);
    const task = deriveDeskId('task', `${saga} decide/1/wait`);

    const view = await new GetTask(scene.operators, definitions, scene.clock).get(task);
    const { waitsFor } = await new GetSaga(scene.operators, definitions, scene.clock).get(saga);

    expect([view.status, view.history.at(-1)]).toMatchObject([
      'open',
      { what: 'refused', by: 'ann', detail: expect.stringContaining(BROKEN) },
    ]);
    expect(waitsFor).toMatchObject([{ kind: 'task', block: 'decide' }]);
    expect(await answer(saga, 9)).toMatchObject({ kind: 'done' });
    expect(scene.commands('shipping')).toHaveLength(1);
  });

  it('leaves the incident to another repair', async () => {
    const { saga } = await proposers['a person who repairs'](12);

    expect(scene.incidents).toEqual(['DECLARED']);
    expect(await skip(saga, 1, 'huge')).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('not among the values it may have: small, large'),
    });
    expect(await skip(saga, 1)).toMatchObject({ kind: 'done' });
    expect([scene.incidents, scene.commands('shipping').length]).toEqual([[], 1]);
  });
});
