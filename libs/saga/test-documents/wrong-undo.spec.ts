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
