import { describe, expect, it } from '@jest/globals';
import { attend } from '../src/beside/attend.js';
import type { TaskAnswerInput, TaskRequest } from '../src/beside/task.js';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import type { AwaitEffect, Effect, OpenEffect } from '../src/effect.js';
import { advance } from '../src/engine/advance.js';
import { judgedAnswer } from '../src/engine/forbidden-answer.js';
import type { SagaInput } from '../src/input.js';
import type { Json } from '../src/json.js';
import { runTests } from '../src/trial/run-tests.js';
import type { SagaState } from '../src/turn.js';

const data = (amount: string): string =>
  `{ amount: '\${ ${amount} }', paid: '\${ input.paid }', iban: '\${ input.iban }' }`;

const documents = `participant: payment
commands:
  refund:
    input: { type: object, properties: { amount: { type: number }, iban: { type: string, x-class: bank } } }
    rules:
      at-most-what-was-paid:
        holds: data.amount <= data.paid
        because: nobody gets more than they paid
        instead: up to what was paid
      own-account: data.iban != 'OURS'
---
participant: adviser
kind: agent
owner: ai
clearance: []
commands:
  advise: { effect: none, allow: { of: data.kind, values: [full, part] }, record: [data.kind] }
---
namespace: shop
roles: { lead: { authority: 1 }, head: { authority: 2 } }
---
saga: by-agent
version: 1
key: input.id
toggles: { advice: { default: true } }
steps:
  - step: advise
    call: adviser.advise
    toggle: advice
    catch: { switched-off: incident, failed: incident, unknown: incident, invalid: incident }
  - step: refund
    call: payment.refund
    pivot: true
    with: ${data('steps.advise.output.amount')}
  - task: look
    to: { role: lead }
    show: { advice: '\${ steps.advise.output }' }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { fine: [], wrong: [] }
---
saga: by-person
version: 1
key: input.id
steps:
  - task: decide
    to: { role: lead }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { pay: { needs: [amount] }, deny: [{ end: denied }] }
  - { step: refund, call: payment.refund, pivot: true, with: ${data('steps.decide.output.amount')} }
---
saga: handled
version: 1
key: input.id
steps:
  - task: decide
    to: { role: lead }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { pay: { needs: [amount] } }
  - step: refund
    call: payment.refund
    pivot: true
    with: ${data('steps.decide.output.amount')}
    catch: { invalid: { do: [{ emit: told, event: shop.refund-refused }] } }
---
participant: till
commands:
  open: {}
  close: { rules: { counted: has(data.counted) } }
---
saga: by-start
version: 1
key: input.id
steps:
  - { step: refund, call: payment.refund, pivot: true, with: ${data('input.amount')} }
---
saga: counted
version: 1
key: input.id
steps:
  - { step: open, call: till.open, compensate: till.close }
  - { step: ship, call: shipping.arrange, pivot: true }
---
saga: beside
version: 1
key: input.id
steps:
  - parallel: both
    branches:
      pay: [{ step: refund, call: payment.refund, with: ${data('input.amount')}, compensate: { none: kept } }]
      book: [{ step: book, call: ledger.book, compensate: { none: kept } }]
    catch: { incomplete: incident, invalid: incident, rejected: incident, failed: incident, unknown: incident }
---
saga: undone
version: 1
key: input.id
steps:
  - { step: book, call: ledger.book, compensate: payment.refund }
  - { step: ship, call: shipping.arrange, pivot: true }
`;

const { programs, problems } = compileDefinitions([{ file: 'refunds.yaml', text: documents }]);

const REFUSED =
  'payment.refund is not sent, by its rule "at-most-what-was-paid" (refunds.yaml:6): nobody gets more than they paid; ' +
  'data.amount <= data.paid does not hold, and data.amount is 200, data.paid is 100. Allowed: up to what was paid';

/** One saga, with everything that is asked and sent. */
class Told {
  private state: SagaState | undefined;
  private readonly program;
  readonly effects: Effect[] = [];

  constructor(definition: string, input: object = {}) {
    this.program = programs.find((each) => each.definition === definition)!;
    const facts = { id: 's1', key: 'k1', definition, version: 1, startedAt: 0, hops: 0 };
    const given = { id: 'r1', paid: 100, iban: 'DE1', ...input };
    const { toggles = {} } = this.program;
    const origin = { type: 'api', source: '/test', by: 'petra' };
    this.tell({ kind: 'start', now: 0, facts, input: given, toggles, origin });
  }

  tell(input: SagaInput): readonly Effect[] {
    const turn = advance(this.program, this.state, input);
    this.state = turn.state;
    this.effects.push(...turn.effects);
    return turn.effects;
  }

  answer(call: string, answered: Partial<Extract<SagaInput, { kind: 'answer' }>>): readonly Effect[] {
    const sent = this.effects.findLast((each) => each.kind === 'open' && each.call === call) as OpenEffect;
    const { operation, attempt } = sent;
    return this.tell({
      kind: 'answer',
      now: 1,
      operation,
      attempt,
      outcome: 'succeeded',
      data: null,
      ...answered,
    });
  }

  skip(output: Json): readonly Effect[] {
    return this.tell({ kind: 'action', now: 2, by: 'olga', action: { kind: 'skip', output } });
  }

  /** What the task of the saga makes of an answer; the saga hears it if it is taken. */
  decide(answer: string, fields: Extract<TaskAnswerInput, { kind: 'answer' }>['fields'] = {}) {
    const { id, request } = this.effects.find((each) => each.kind === 'await') as AwaitEffect;
    const origin = { saga: 's1', key: 'k1', definition: 'x', block: 'decide' };
    const asked = request as unknown as TaskRequest;
    const task = attend(undefined, { kind: 'open', origin, request: asked }, 0).state!;
    const said = { kind: 'answer', by: 'ann', roles: ['lead'], answer, fields } as const;
    const judged = judgedAnswer(said, task, { program: this.program, state: this.state!, id }, 1);
    const turn = attend(task, judged, 1);
    for (const effect of turn.effects)
      if (effect.kind === 'answered')
        this.tell({ kind: 'heard', now: 1, id, what: 'answered', data: effect.data, by: 'ann' });
    return turn;
  }

  get sent(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'open' ? [effect.call] : []));
  }

  get incidents(): readonly string[] {
    return Object.values(this.state!.incidents).map(({ code }) => code);
  }

  get status(): string {
    return this.state!.status;
  }
}

function forbidden(effects: readonly Effect[]) {
  return effects.flatMap((effect) =>
    effect.kind === 'noted' && effect.note.what === 'forbidden' ? [effect.note] : [],
  );
}

/** Whoever proposes 200 or 100 where 100 were paid, and why it is refused. */
const proposers = {
  'an agent': (amount: number) => {
    const saga = new Told('by-agent');
    const [note] = forbidden(saga.answer('adviser.advise', { data: { kind: 'full', amount } }));
    return { saga, because: note?.broken.rule, by: note?.by };
  },
  'a person who answers': (amount: number) => {
    const saga = new Told('by-person');
    const refused = saga.decide('pay', { amount }).effects.find((effect) => effect.kind === 'forbidden');
    return { saga, because: refused?.broken.rule, by: refused && { kind: 'person', name: refused.by } };
  },
  'a person who repairs': (amount: number) => {
    const saga = new Told('by-agent');
    saga.answer('adviser.advise', { outcome: 'failed', retryAfterMs: 'never' });
    const refused = saga.skip({ kind: 'full', amount }).find((effect) => effect.kind === 'refused');
    return { saga, because: refused?.broken?.rule, by: refused && { kind: 'person', name: 'olga' } };
  },
} as const;

describe('a rule about a command', () => {
  it('is understood', () => {
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([
    ['an agent', { kind: 'agent', name: 'adviser' }],
    ['a person who answers', { kind: 'person', name: 'ann' }],
    ['a person who repairs', { kind: 'person', name: 'olga' }],
  ] as const)('keeps from being sent what %s proposes', (who, by) => {
    const over = proposers[who](200);
    const within = proposers[who](100);

    expect([over.because, over.by]).toEqual(['at-most-what-was-paid', by]);
    expect(over.saga.sent).not.toContain('payment.refund');
    expect([within.because, within.saga.sent.at(-1)]).toEqual([undefined, 'payment.refund']);
  });

  it('leaves a person the task, with what may be answered instead', () => {
    const saga = new Told('by-person');

    const { state, effects } = saga.decide('pay', { amount: 200 });

    expect(effects[0]).toEqual({
      kind: 'refused',
      code: 'RULE_BROKEN',
      message: `${REFUSED}. Other answers: deny`,
    });
    expect([state?.status, state?.history.at(-1)]).toMatchObject([
      'open',
      { what: 'refused', by: 'ann', detail: expect.stringContaining('at-most-what-was-paid') },
    ]);
  });

  it('leaves a person the incident, as it was', () => {
    const { saga } = proposers['a person who repairs'](200);

    expect([saga.status, saga.incidents]).toEqual(['running', ['DECLARED']]);
    expect(saga.effects.at(-1)).toMatchObject({ code: 'RULE_BROKEN', message: REFUSED });
    saga.skip({ kind: 'part', amount: 50 });
    expect([saga.sent.at(-1), saga.incidents]).toEqual(['payment.refund', []]);
  });

  it('becomes the error invalid where nobody can be asked again', () => {
    const { saga } = proposers['an agent'](200);

    const finish = saga.effects.find((effect) => effect.kind === 'finish');
    expect(finish).toMatchObject({ status: 'compensated', failure: { error: 'invalid', step: 'refund' } });
    expect(finish!.failure!.message).not.toContain('200');
  });

  it('is left to the definition where that says what follows', () => {
    const saga = new Told('handled');

    expect(saga.decide('pay', { amount: 200 }).state?.status).toBe('answered');
    expect(saga.effects).toContainEqual(expect.objectContaining({ kind: 'tell', block: 'told' }));
  });

  it('is tried in vain again, and refused as that', () => {
    const saga = new Told('undone', { paid: 0, amount: 5 });
    saga.answer('ledger.book', {});
    saga.answer('shipping.arrange', { outcome: 'rejected', error: 'no-carrier' });
    expect([saga.sent, saga.incidents]).toEqual([['ledger.book', 'shipping.arrange'], ['UNDO_FAILED']]);

    const again = saga.tell({ kind: 'action', now: 3, by: 'olga', action: { kind: 'retry' } });

    expect(again).toMatchObject([{ kind: 'refused', code: 'RULE_BROKEN' }]);
    expect([saga.sent.length, saga.incidents]).toEqual([2, ['UNDO_FAILED']]);
  });

  it('keeps from being sent what somebody starts a saga with', () => {
    const saga = new Told('by-start', { amount: 200 });

    expect([saga.sent, forbidden(saga.effects)]).toMatchObject([
      [],
      [{ broken: { rule: 'at-most-what-was-paid' }, by: { kind: 'person', name: 'petra' } }],
    ]);
  });

  it('keeps from being undone by what was sent as it was', () => {
    const saga = new Told('counted');
    saga.answer('till.open', {});
    const effects = saga.answer('shipping.arrange', { outcome: 'rejected', error: 'no-carrier' });

    expect([saga.sent, saga.incidents]).toEqual([['till.open', 'shipping.arrange'], ['UNDO_FAILED']]);
    expect(forbidden(effects)).toMatchObject([{ broken: { call: 'till.close', rule: 'counted' } }]);
  });

  it('does not keep a repair from what else goes on by it', () => {
    const saga = new Told('beside', { amount: 200 });
    saga.answer('ledger.book', { outcome: 'failed', retryAfterMs: 'never' });

    const again = saga.tell({ kind: 'action', now: 3, by: 'olga', action: { kind: 'retry' } });

    expect(again.filter(({ kind }) => kind === 'open' || kind === 'refused')).toMatchObject([
      { kind: 'open', call: 'ledger.book' },
    ]);
    expect(forbidden(again)).toMatchObject([{ by: { kind: 'person', name: 'olga' } }]);
  });

  it('never tells what is classed', () => {
    const saga = new Told('by-person', { iban: 'OURS' });

    const [refused] = saga.decide('pay', { amount: 1 }).effects;

    expect(refused).toMatchObject({
      message: expect.stringContaining('data.iban is "[masked: bank]"'),
    });
    expect(JSON.stringify(refused)).toContain("data.iban != 'OURS'");
  });

  it('cannot be said to hold of what is not there', () => {
    const saga = new Told('by-person', { paid: null });

    expect(saga.decide('pay', { amount: 1 }).effects[0]).toMatchObject({
      message: expect.stringContaining('whether it holds cannot be said'),
    });
  });
});

describe('a case of a tests document', () => {
  it('refuses a person what production does', () => {
    const tests = `tests: by-person
version: 1
given: { start: { input: { id: r1, paid: 100, iban: DE1 } } }
cases:
  - test: too much at first
    when: { decide: [{ after: 1m, answer: pay, data: { amount: 200 } }, { after: 1m, answer: pay, data: { amount: 90 } }] }
    then: { outcome: completed, sent: [payment.refund], tasks: { decide: { refused: [rule-broken] } } }
`;
    const compiled = compileDefinitions([
      { file: 'refunds.yaml', text: documents },
      { file: 'tests.yaml', text: tests },
    ]);

    expect(compiled.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(runTests(compiled.tests[0]!).cases).toMatchObject([{ mismatches: [], isPassed: true }]);
  });
});

describe('what a person puts in the place of an answer', () => {
  it('is read by what follows', () => {
    const { saga } = proposers['a person who repairs'](100);

    const sent = saga.effects.findLast((effect) => effect.kind === 'open');
    expect(sent?.data).toEqual({ amount: 100, paid: 100, iban: 'DE1' });
  });

  it('is held against what the participant may say', () => {
    const saga = new Told('by-agent');
    saga.answer('adviser.advise', { outcome: 'failed', retryAfterMs: 'never' });

    expect(saga.skip({ kind: 'everything', amount: 1 })).toEqual([
      {
        kind: 'refused',
        code: 'OUT_OF_BOUNDS',
        message:
          'the contract does not allow this in place of an answer: data.kind of the answer of adviser.advise is not among the values it may have: full, part',
      },
    ]);
    expect(saga.incidents).toEqual(['DECLARED']);
  });
});
