import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { advance } from '../src/engine/advance.js';
import { checkSuccession } from '../src/engine/succession.js';
import type { SagaInput } from '../src/input.js';
import type { Json } from '../src/json.js';
import type { Program } from '../src/program.js';
import type { SagaState } from '../src/turn.js';

const HEAD = 'key: input.id\ninput: { type: object, properties: { id: { type: string } } }\n';
const reserve = '  - { step: reserve, call: stock.reserve, compensate: stock.release }\n';
const charge = '  - { step: charge, call: payment.charge, compensate: payment.refund }\n';
const ship = '  - { step: ship, call: shipping.arrange, pivot: true }\n';
const archive = '  - { step: archive, call: archive.store }\n';
const V1 = reserve + charge + ship + archive;

function program(version: number, steps: string, head = HEAD): Program {
  const text = `saga: order\nversion: ${version}\n${head}steps:\n${steps}`;
  const { programs, problems } = compileDefinitions([{ file: 'order.yaml', text }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

/** A saga of version 1 whose first commands were answered, the last of them as told. */
function standing(answered: number, refused = false): SagaState {
  const first = program(1, V1);
  const facts = { id: 's1', key: 'k1', definition: 'order', version: 1, startedAt: 0, hops: 0 };
  let input: SagaInput = { kind: 'start', now: 0, facts, input: { id: 'k1' } as Json, toggles: {} };
  let state: SagaState | undefined;
  for (let count = 0; ; count++) {
    const turn = advance(first, state, input);
    state = turn.state;
    const open = turn.effects.find((effect) => effect.kind === 'open');
    if (open === undefined || count === answered) return state;
    const { operation, attempt } = open;
    const outcome = refused && count === answered - 1 ? ('rejected' as const) : ('succeeded' as const);
    input = { kind: 'answer', now: count + 1, operation, attempt, outcome, data: {} };
  }
}

function check(state: SagaState, steps: string, head = HEAD) {
  const { verdict, reasons } = checkSuccession(program(1, V1), program(2, steps, head), state);
  return [verdict, ...reasons];
}

describe('a saga that stands at the charge, and another version', () => {
  const state = standing(1);

  it.each([
    ['the same one', V1, 'continue'],
    [
      'a new step behind',
      `${reserve}${charge}  - { step: pack, call: stock.pack, compensate: stock.unpack }\n${ship}${archive}`,
      'continue',
    ],
    [
      'other patience',
      `${reserve}${charge.replace(' }', ', retry: { attempts: 3 } }')}${ship}${archive}`,
      'continue',
    ],
  ])('goes on by %s', (_, steps, verdict) => {
    expect(check(state, steps)).toEqual([verdict]);
  });

  it.each([
    [
      'the charge has another name',
      `${reserve}${charge.replace('charge', 'takeMoney')}${ship}${archive}`,
      ['mapping', 'it stands at "charge", which version 2 does not have'],
    ],
    [
      'there is something new in front of it',
      `  - { step: checkFraud, call: fraud.check, compensate: { none: only asks } }\n${V1}`,
      ['mapping', '"checkFraud" is new in version 2, before where it stands'],
    ],
    [
      'the reservation is gone, and may have to be undone',
      charge + ship + archive,
      ['mapping', '"reserve" was done and may have to be undone, and version 2 does not have it'],
    ],
    [
      'the charge is another command',
      `${reserve}${charge.replace('payment.charge', 'bank.charge')}${ship}${archive}`,
      [
        'drain',
        '"charge" is under way as the command payment.charge, and version 2 has the command bank.charge',
      ],
    ],
    [
      'the reservation is undone otherwise',
      `${reserve.replace('stock.release', 'stock.put-back')}${charge}${ship}${archive}`,
      ['drain', '"reserve" was done and is undone by stock.release, in version 2 by stock.put-back'],
    ],
    [
      'the reservation comes later',
      charge + reserve + ship + archive,
      ['drain', '"reserve" was moved behind where it stands, and would run again'],
    ],
  ])('cannot simply go on where %s', (_, steps, says) => {
    expect(check(state, steps)).toEqual(says);
  });

  it('cannot simply go on with an input that does not fit', () => {
    const head = HEAD.replace('type: object, ', 'type: object, required: [region], ');

    expect(check(state, V1, head)).toEqual([
      'mapping',
      "its input does not fit version 2: the input must have required property 'region'",
    ]);
  });
});

describe('a saga behind its point of no return', () => {
  it('ends by its own version where that point is elsewhere', () => {
    const moved = `${reserve}${charge}  - { step: ship, call: shipping.arrange, compensate: shipping.cancel }\n  - { step: archive, call: archive.store, pivot: true }\n`;

    expect(check(standing(3), moved)).toEqual([
      'drain',
      '"ship" was the point of no return, and in version 2 it is not',
      '"archive" was not the point of no return, and in version 2 it is',
    ]);
  });
});

describe('a saga that is undoing', () => {
  it('ends by its own version', () => {
    expect(check(standing(2, true), V1)[0]).toBe('drain');
  });
});
