import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { advance } from '../src/engine/advance.js';
import { run } from './running-saga.js';

const CONTRACTS = `participant: stock
clearance: [public]
commands:
  hold:
    input:
      type: object
      required: [sku, count]
      properties: { sku: { type: string }, count: { type: integer, minimum: 1 }, diagnosis: { type: string, x-class: medical } }
    output:
      type: object
      required: [state]
      properties: { state: { enum: [in-stock, on-order] }, lines: { type: array, items: { type: object, properties: { count: { type: integer } } } } }
    rejects: [sold-out]
  free: {}
---
participant: agent
kind: agent
owner: ai
clearance: [public]
commands:
  triage:
    effect: none
    output: { type: object, properties: { action: { type: string } } }
    allow: { of: data.action, values: [approve, refer] }
    record: [data.model]
---
`;

function programOf(steps: string) {
  const text = `${CONTRACTS}saga: order\nversion: 1\nkey: input.id\ntoggles: { agents: { default: true } }\nsteps:\n${steps}`;
  const { programs, problems } = compileDefinitions([{ file: 'order.yaml', text }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

const HOLD =
  '  - { step: first, call: other.one, compensate: other.undo }\n  - { step: hold, call: stock.hold, compensate: stock.free }\n';
const input = { id: 'o1', sku: 'a', count: 2 };
const hold = (data: object) => ({ 'stock.hold': [{ outcome: 'succeeded' as const, data: data as never }] });

describe('an answer that says what it used up', () => {
  it('is read as its contract says, by name, and left alone where nothing is there', () => {
    const { programs } = compileDefinitions([
      {
        file: 'a.yaml',
        text: 'participant: a\ncommands: { ask: { usage: { tokens: data.usage.total, cost: data.cost } } }\n---\nsaga: s\nversion: 1\nkey: input.id\nsteps: [{ step: ask, call: a.ask, pivot: true }, { step: say, call: b.say }]\n',
      },
    ]);
    const { usedByAnswer } = programs[0]!;

    expect(Object.keys(usedByAnswer!)).toEqual(['a.ask']);
    expect(usedByAnswer!['a.ask']!({ usage: { total: 1_840 }, cost: 'much' })).toEqual([
      ['tokens', 1_840],
      ['cost', 'much'],
    ]);
    expect(usedByAnswer!['a.ask']!(null)).toEqual([]);
  });
});

describe('a command whose data breaks its contract', () => {
  it('is not sent, and what was done before is undone', () => {
    const { sent, finish } = run(programOf(HOLD), { ...input, count: 0 });

    expect([sent, finish?.failure?.error, finish?.failure?.message]).toEqual([
      ['other.one', 'other.undo'],
      'invalid',
      'stock.hold is not sent, by its rule "input" (order.yaml:5); the data does not fit: /count must be >= 1',
    ]);
  });

  it('is not sent with a field the participant is not cleared for', () => {
    const { sent, finish } = run(programOf(HOLD), { ...input, diagnosis: 'x' });

    expect([sent, finish?.failure?.message]).toEqual([
      ['other.one', 'other.undo'],
      'stock.hold is not sent, by its rule "clearance" (order.yaml:2); it is not cleared for "diagnosis", which is classed medical',
    ]);
  });
});

describe('a time', () => {
  const instant = '{ type: string, format: date-time }';
  const program = compileDefinitions([
    {
      file: 'times.yaml',
      text: `participant: dock
commands: { book: { input: { type: object, properties: { dueAt: ${instant} } } } }
---
saga: times
version: 1
key: input.id
input: { type: object, properties: { a: ${instant}, b: ${instant}, c: ${instant} } }
steps:
  - { step: same, if: 'input.a == input.b && input.b == input.c && input.a <= input.c', call: other.same, compensate: { none: a note } }
  - { step: before, if: 'input.a < input.b || input.c < input.a', call: other.before, compensate: { none: a note } }
  - { step: book, call: dock.book, pivot: true, with: { dueAt: '\${ input.text }' } }
`,
    },
  ]).programs[0]!;
  const times = {
    a: '2026-03-01T12:00:00Z',
    b: '2026-03-01T13:00:00+01:00',
    c: '2026-03-01T07:00:00.000-05:00',
  };
  const booked = (text: string) => run(program, { id: 't1', ...times, text });

  it('is the same in three zones', () => {
    expect(booked(times.b).sent).toEqual(['other.same', 'dock.book']);
  });

  it('that says no zone is not sent, and its path is named', () => {
    const { sent, finish } = booked('2026-03-01T12:00:00');

    expect(sent).toEqual(['other.same']);
    expect([finish?.failure?.error, finish?.failure?.message]).toEqual([
      'invalid',
      'dock.book is not sent, by its rule "input" (times.yaml:2); the data does not fit: /dueAt must match format "date-time"',
    ]);
  });
});

describe('an answer in another form than its contract says', () => {
  const drifted = { state: 'in-stock', lines: [{ count: 'two' }] };

  it('is an incident that names the path, and nothing is undone', () => {
    const { sent, incidents, finish } = run(programOf(HOLD), input, hold(drifted));

    expect([sent, incidents, finish]).toEqual([['other.one', 'stock.hold'], ['SCHEMA_DRIFT'], undefined]);
  });

  it('is kept in the history with the path', () => {
    expect(run(programOf(HOLD), input, hold(drifted)).notes).toEqual([
      {
        what: 'drifted',
        call: 'stock.hold',
        problems: ['/lines/0/count must be integer in the answer of stock.hold'],
      },
    ]);
  });

  it('is asked for again as the same operation when a person says so', () => {
    const program = programOf(HOLD);
    const { state } = run(program, input, hold(drifted));
    const turn = advance(program, state, { kind: 'action', now: 9, by: 'ann', action: { kind: 'retry' } });

    expect(turn.effects.flatMap((effect) => (effect.kind === 'open' ? [effect.operation] : []))).toEqual([
      'hold/1/do',
    ]);
  });

  it('can be caught', () => {
    const caught = HOLD.replace(
      'stock.free }',
      'stock.free, catch: { invalid: { output: { state: unknown } } } }',
    );
    const { steps, finish } = run(programOf(caught), input, hold(drifted));

    expect([finish?.status, steps['hold']!.output]).toEqual(['completed', { state: 'unknown' }]);
  });

  it('is not a refusal', () => {
    const { incidents, finish } = run(programOf(HOLD), input, {
      'stock.hold': [{ outcome: 'rejected', error: 'sold-out' }],
    });

    expect([incidents, finish?.status]).toEqual([[], 'compensated']);
  });
});

describe('a declared value written in another way', () => {
  const { steps, notes } = run(programOf(HOLD), input, hold({ state: 'In Stock' }));

  it('is taken for the declared one', () => {
    expect(steps['hold']!.output).toEqual({ state: 'in-stock' });
  });

  it('is kept in the history', () => {
    expect(notes).toEqual([
      {
        what: 'put-right',
        call: 'stock.hold',
        changes: [{ path: '/state', from: 'In Stock', to: 'in-stock' }],
      },
    ]);
  });

  it('is drift where it could be none of them', () => {
    expect(run(programOf(HOLD), input, hold({ state: 'gone' })).incidents).toEqual(['SCHEMA_DRIFT']);
  });
});

describe('an agent', () => {
  const triage = programOf(
    `  - { step: triage, call: agent.triage, toggle: agents, catch: { invalid: { output: { action: refer } }, failed: incident, unknown: incident } }
  - { task: review, if: input.count > 9, to: { role: clerk }, show: { said: '\${ steps.triage.output }' }, answers: { agree: [], change: [] }, escalate: [{ after: 1d, to: { role: lead } }] }
`,
  );
  const answer = (action: string) => ({
    'agent.triage': [{ outcome: 'succeeded' as const, data: { action, model: 'm7' } }],
  });

  it('is refused what it is not allowed, and people see what it said', () => {
    const { steps, notes } = run(triage, input, answer('pay-everything'));

    expect([steps['triage']!.output, notes]).toEqual([
      { action: 'refer' },
      [
        { what: 'recorded', call: 'agent.triage', data: { 'data.model': 'm7' } },
        {
          what: 'denied',
          call: 'agent.triage',
          problem:
            'data.action of the answer of agent.triage is not among the values it may have: approve, refer',
        },
      ],
    ]);
  });

  it('goes on with what it is allowed', () => {
    expect(run(triage, input, answer('approve')).steps['triage']!.output).toEqual({
      action: 'approve',
      model: 'm7',
    });
  });
});
