import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import type { Values } from '../scope-values.js';
import type { ExpressionProblem } from './expression-problem.js';
import type { Place } from './place.js';
import { ANY, INSTANT } from './static-type.js';
import { compileTemplate, textParts } from './template.js';

const place: Place = { roots: { input: ANY, now: INSTANT }, steps: new Map(), blocks: new Set() };
const values = { input: { id: 'o1', total: 5, list: [1] }, now: 0 } as unknown as Values;

function fill(value: Json): Json {
  return compileTemplate(value, place, (_, problem) => {
    throw problem;
  }).evaluate(values);
}

describe('a template', () => {
  it.each<[Json, Json]>([
    ['${ input.total }', 5],
    ['${input.list}', [1]],
    ['order ${ input.id } of ${ input.total }', 'order o1 of 5'],
    ['at ${ now }', 'at 1970-01-01T00:00:00.000Z'],
    ['$${ input.id }', '${ input.id }'],
    ['costs 5 $', 'costs 5 $'],
    ["${ input.id == 'o1' ? '}' : '{' }", '}'],
    ["${ {'a': {'b': 1}} }", { a: { b: 1 } }],
    [
      { id: '${ input.id }', fixed: [1, null, true, '${ input.total + 1 }'] },
      { id: 'o1', fixed: [1, null, true, 6] },
    ],
    ['', ''],
    [7, 7],
  ])('%j becomes %j', (written, expected) => {
    expect(fill(written)).toEqual(expected);
  });

  it('reports a mistake with the path and the place in the text', () => {
    const found: unknown[] = [];
    compileTemplate({ a: ['x ${ inptu.id }'] }, place, (path, { offset }: ExpressionProblem) =>
      found.push({ path, offset }),
    );

    expect(found).toEqual([{ path: ['a', 0], offset: 5 }]);
  });

  it('does not look into what an expression computed', () => {
    const hostile = { ...values, input: { id: '${ input.total }' } } as unknown as Values;
    const { evaluate } = compileTemplate('${ input.id }', place, () => undefined);

    expect(evaluate(hostile)).toBe('${ input.total }');
  });
});

describe('the parts of a text', () => {
  it('know where their expressions begin', () => {
    expect(textParts('a ${b} c ${ d }')).toEqual([
      { text: 'a ' },
      { expression: 'b', offset: 4 },
      { text: ' c ' },
      { expression: ' d ', offset: 11 },
    ]);
  });
});
