import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const charge = (compensate: string): string =>
  sagaOf(`  - step: charge
    call: payment.charge
    compensate: ${compensate}
  - step: ship
    call: shipping.send
    pivot: true`);

const documents: readonly WrongDocument[] = [
  {
    name: 'nothing said about why it cannot be undone',
    text: charge("{ none: '' }"),
    says: ['7:25: error: Expected a text that says why, and this is "".'],
  },
  {
    name: 'a condition that is missing',
    text: charge('{ call: payment.refund, unless: { ask: payment.refund-status } }'),
    says: ['7:49: error: `if` is missing: the condition under which nothing is undone.'],
  },
  {
    name: 'data for nobody',
    text: charge('{ call: payment.refund, unless: { if: self.sent.total > 0, with: { a: 1 } } }'),
    says: ['7:76: error: Nobody is asked, so there is nothing to send. Name the query: `ask: <query>`.'],
  },
  {
    name: 'a question with an effect',
    text: charge('{ call: payment.refund, unless: { ask: inventory.note, if: output.ok } }'),
    contracts: true,
    says: [
      '7:56: error: "inventory.note" has an effect by its contract, and a question must have none. Say `effect: none` in the contract, or ask another query.',
    ],
  },
  {
    name: 'an answer without a question',
    text: charge('{ call: payment.refund, unless: output.refunded }'),
    says: ['7:49: error: There is no "output" here. Known here: failure, input, now, saga, self, toggles.'],
  },
  {
    name: 'two ways to undo',
    text: charge('{ call: payment.refund, do: [{ step: refund, call: payment.refund }] }'),
    says: [
      '7:41: error: A compensation calls a command, or runs blocks, or says why there is none. Keep one of `call`, `do` and `none`.',
    ],
  },
  {
    name: 'no way to undo',
    text: charge('{ coolDown: 5s }'),
    says: [
      '7:17: error: `call` is missing: name the command that undoes it, or say `do: [...]` for more than one, or `none: <why>`.',
    ],
  },
  {
    name: 'data beside blocks',
    text: charge('{ do: [{ step: refund, call: payment.refund }], with: { a: 1 } }'),
    says: ['7:65: error: The blocks of `do` say themselves what is sent and how. Leave `with` out.'],
  },
  {
    name: 'a cool-down of nothing',
    text: charge('{ none: a mail stays sent, coolDown: 5s }'),
    says: ['7:44: error: There is nothing to undo anyway. Leave `coolDown` out.'],
  },
  {
    name: 'an undo that is undone',
    text: charge('[{ step: refund, call: payment.refund, compensate: payment.charge }]'),
    says: [
      '7:56: error: Step "refund" undoes something itself, so it is not undone. Leave `compensate` out.',
    ],
  },
  {
    name: 'a pivot in an undo',
    text: charge('[{ step: refund, call: payment.refund, pivot: true }]'),
    says: ['7:56: error: Step "refund" undoes something: nothing goes forward from here. Leave `pivot` out.'],
  },
  {
    name: 'an undo that ends the saga',
    text: charge('[{ step: refund, call: payment.refund }, { end: over, if: now > saga.startedAt }]'),
    says: [
      '7:58: error: What undoes "charge" cannot end the saga. Leave `end` out, or put an `if` at the blocks that are not always needed.',
    ],
  },
  {
    name: 'an undo that always fails',
    text: charge('[{ raise: over }]'),
    says: [
      '7:5: error: The blocks that undo "charge" have to come to an end: something here always raises or ends.',
    ],
  },
  {
    name: 'a handler in an undo that undoes everything',
    text: charge('[{ step: refund, call: payment.refund, catch: { failed: compensate } }]'),
    says: [
      '7:73: error: "failed" comes from blocks that undo something, and nothing of them is undone. Write `then: incident`, or handle it and go on.',
    ],
  },
  {
    name: 'a name that an undo uses again',
    text: charge('[{ step: ship, call: payment.refund }]'),
    says: ['8:11: error: Another block is called "ship". Give one of them another name.'],
  },
  {
    name: 'a read of what an undo made',
    text: sagaOf(`  - step: charge
    call: payment.charge
    compensate: [{ step: refund, call: payment.refund }]
  - step: ship
    call: shipping.send
    with: { id: '${'$'}{ steps.refund.output.id }' }
    pivot: true`),
    says: ['10:21: error: Block "refund" does not stand before this place, so its result is not known here.'],
  },
  {
    name: 'a group with nothing to undo',
    text: sagaOf(`  - group: account
    do: [{ set: a, value: 1 }]
    compensate: bank.close`),
    says: ['7:5: error: Nothing in "account" would have to be undone. Leave `compensate` out.'],
  },
  {
    name: 'a group behind the pivot',
    text: sagaOf(`  - group: account
    do:
      - step: open
        call: bank.open
        pivot: true
    compensate: bank.close`),
    says: [
      '10:5: error: Group "account" ends behind the pivot, where nothing is undone any more. Leave `compensate` out.',
    ],
  },
  {
    name: 'a group with no way to be undone',
    text: sagaOf(`  - group: account
    do: [{ step: open, call: bank.open, compensate: bank.close-one }]
    compensate: { none: it stays }`),
    says: [
      '7:5: error: Without `compensate` the blocks of "account" are undone one by one; say `none` at those that cannot be.',
    ],
  },
  {
    name: 'an output that a group does not have',
    text: sagaOf(`  - group: account
    do: [{ step: open, call: bank.open, compensate: bank.close-one }]
    output: { id: '${'$'}{ steps.open.output.id }' }
    compensate: { call: bank.close, with: { id: '${'$'}{ self.output.name }' } }`),
    says: ['8:53: error: This map has no field "name". Known here: id.'],
  },
  {
    name: 'a condition where nothing is undone',
    text: charge('{ none: a mail stays sent, unless: input.sent }'),
    says: ['7:44: error: There is nothing to undo anyway. Leave `unless` out.'],
  },
  {
    name: 'a cool-down that is no duration',
    text: charge('{ call: payment.refund, coolDown: soon }'),
    says: ['7:51: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "soon".'],
  },
  {
    name: 'a participant that fences and says how long',
    text: 'participant: legacy\ndrain: 10m\ncommands: { go: {} }\n',
    says: [
      '2:1: error: A participant that refuses what is late or undone needs no `drain`. Leave it out, or say `fencing: none`.',
    ],
  },
];

describe('a mistake about undoing', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});

describe('what is said about undoing', () => {
  const { programs, problems } = compileDefinitions([
    {
      file: 'saga.yaml',
      text: `namespace: shop
defaults: { compensate: { coolDown: 1m } }
---
participant: legacy
fencing: none
drain: 10m
commands: { book: {}, cancel: {} }
---
${charge('{ call: payment.refund, coolDown: 30s, unless: { ask: payment.refund-status, if: output.refunded, because: already refunded } }')}catch: { cancelled: compensate, timed-out: { do: [{ emit: tell, event: shop.late }], then: compensate } }
---
saga: second
version: 1
key: input.id
steps:
  - step: book
    call: legacy.book
    compensate: legacy.cancel
`,
    },
  ]);
  const node = (index: number) => {
    const { root } = programs[index]!;
    const list = root.kind === 'scope' ? root.child : root;
    const first = list.kind === 'seq' ? list.children[0] : undefined;
    return first?.kind === 'ask' && first.channel === 'command' ? first : undefined;
  };

  it('is compiled', () => {
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(node(0)?.undo).toMatchObject({
      coolDownMs: 30_000,
      unless: { because: 'already refunded', query: { call: 'payment.refund-status' } },
    });
    expect(programs[0]?.calls).toContain('payment.refund-status');
  });

  it('is inherited', () => {
    expect(node(1)?.undo?.coolDownMs).toBe(60_000);
  });

  it('comes from the contract where the participant cannot fence', () => {
    expect([node(0)?.drainMs, node(1)?.drainMs]).toEqual([undefined, 600_000]);
  });

  it('names the exceptional paths', () => {
    expect(programs[0]?.paths).toEqual(['saga.cancelled', 'saga.timed-out']);
  });
});
