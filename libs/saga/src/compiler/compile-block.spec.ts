import { describe, expect, it } from '@jest/globals';
import type { Node, ScopeNode, SeqNode } from '../node.js';
import { compileDefinitions } from './compile-definitions.js';

function root(text: string): ScopeNode {
  const saga = `saga: order\nversion: 1\nkey: input.orderId\n${text}\n`;
  const { programs, problems } = compileDefinitions([{ file: 'order.yaml', text: saga }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!.root as ScopeNode;
}

function blocks(text: string): readonly Node[] {
  return (root(`steps:\n${text}`).child as SeqNode).children;
}

/** A tree by kinds and ids. */
function outline(node: Node): unknown {
  switch (node.kind) {
    case 'seq':
      return { [`seq ${node.id}`]: node.children.map(outline) };
    case 'par':
      return { [`par ${node.id}`]: node.legs.map(({ child }) => outline(child)) };
    case 'pick':
      return {
        [`pick ${node.id}`]: [
          ...node.cases.map(({ child }) => child),
          ...(node.otherwise ? [node.otherwise] : []),
        ].map(outline),
      };
    case 'scope':
      return {
        [`scope ${node.id}`]: [
          outline(node.child),
          ...Object.values(node.handlers).flatMap(({ child }) => (child ? [outline(child)] : [])),
        ],
      };
    default:
      return `${node.kind} ${node.id}`;
  }
}

describe('a block', () => {
  it('with a condition stands in a pick of its name', () => {
    const [first] = blocks('  - set: first\n    value: 1\n    if: input.isNew');

    expect(outline(first!)).toEqual({ 'pick first:if': ['calc first'] });
    expect(first).toMatchObject({ block: 'first' });
  });

  it('with handlers stands in a scope of its name', () => {
    const [pay] = blocks(`  - step: pay
    call: payment.charge
    pivot: true
    catch: { card-declined: { do: [{ end: refused }] }, failed: incident }`);

    expect(outline(pay!)).toEqual({
      'scope pay:scope': [
        'ask pay',
        { 'seq pay:catch.card-declined': ['raise pay:catch.card-declined.end.refused'] },
      ],
    });
    expect((pay as ScopeNode).handlers['failed']).toEqual({
      path: 'pay.failed',
      then: 'incident',
      undo: false,
      times: 3,
    });
  });

  it('with a time limit stands in a scope that ends it', () => {
    const [pause] = blocks('  - wait: pause\n    until: input.at\n    timeout: 2h');

    expect(pause).toMatchObject({ kind: 'scope', id: 'pause:scope', timeoutMs: 7_200_000 });
  });

  it('that is a step keeps its silence to itself', () => {
    const [pay] = blocks('  - step: pay\n    call: payment.charge\n    pivot: true\n    timeout: 2h');

    expect(pay).toMatchObject({ kind: 'ask', timeout: { afterMs: 7_200_000 } });
  });

  it('that ends or raises has an id of its own each time', () => {
    const [choice] = blocks(`  - choice: way
    cases:
      - { case: one, if: input.a, do: [{ end: done, if: input.b }, { end: done }] }
    else: [{ raise: too-bad }]`);

    expect(outline(choice!)).toEqual({
      'pick way': [
        {
          'seq way.one': [
            { 'pick way.one.end.done:if': ['raise way.one.end.done'] },
            'raise way.one.end.done~2',
          ],
        },
        { 'seq way:else': ['raise way:else.raise.too-bad'] },
      ],
    });
  });
});

describe('a group', () => {
  it('is one scope with its handlers, its time and its output', () => {
    const [group] = blocks(`  - group: both
    do: [{ set: one, value: 1 }]
    output: \${ steps.one.output }
    timeout: 1d
    catch: { timed-out: { output: 0 } }`);

    expect(outline(group!)).toEqual({ 'scope both': [{ 'seq both.do': ['calc one'] }] });
    expect(group).toMatchObject({
      block: 'both',
      timeoutMs: 86_400_000,
      handlers: { 'timed-out': { path: 'both.timed-out', then: 'continue' } },
    });
  });
});

describe('branches', () => {
  it('become legs by name', () => {
    const [both] = blocks(`  - parallel: both
    branches: { left: [{ set: one, value: 1 }], right: [] }`);

    expect(outline(both!)).toEqual({
      'par both': [{ 'seq both.left': ['calc one'] }, { 'seq both.right': [] }],
    });
  });
});

describe('a saga', () => {
  it('handles what no block caught', () => {
    const { handlers } = root('catch: { no-stock: [{ end: sold-out }] }\nsteps: [{ raise: no-stock }]');

    expect(handlers['no-stock']).toMatchObject({ path: 'saga.no-stock', then: 'continue', undo: false });
  });

  it('compiles to the same ids again', () => {
    const text = 'steps: [{ group: one, do: [{ end: done }] }]';

    expect(outline(root(text))).toEqual(outline(root(text)));
  });
});
