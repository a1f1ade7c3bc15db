import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const ORDER =
  'inputs: { order: { type: object, properties: { total: { type: integer, minimum: 0 }, kind: { enum: [toy, food] }, note: { type: string } } } }';

function tableOf(hit: string, rules: readonly string[], more = ''): string {
  const lines = rules.map((rule) => `  - { ${rule} }\n`).join('');
  return `decision: discount\nversion: 1\nhit: ${hit}\n${ORDER}\nrules:\n${lines}${more}`;
}

const TABLE = tableOf('first', ['rule: all, if: true, output: 1']);

const SCORED = 'objectives: { cheap: order.total / 100 }\n';

function scoredBy(objectives: string): string {
  return tableOf('weigh', ['rule: toys, if: order.kind == "toy"'], `objectives: ${objectives}\n`);
}

const documents: readonly WrongDocument[] = [
  {
    name: 'a gap between two rules',
    text: tableOf('unique', ['rule: small, if: order.total < 100', 'rule: large, if: order.total > 100']),
    says: [
      '5:1: error: No rule holds for order.total = 100. Add a rule, or say with `default` what counts then.',
    ],
  },
  {
    name: 'two rules for one order',
    text: tableOf('unique', ['rule: small, if: order.total <= 100', 'rule: large, if: order.total >= 100']),
    says: [
      '7:24: error: Rules "small" and "large" both hold for order.total = 100, and `hit: unique` allows one. Narrow one of them, or write `hit: first`.',
    ],
  },
  {
    name: 'a kind that no rule is for',
    text: tableOf('first', [
      "rule: toys, if: order.kind == 'toy'",
      "rule: much-food, if: order.kind == 'food' && order.total > 5",
    ]),
    says: [
      '5:1: error: No rule holds for order.kind = "food", order.total = 0. Add a rule, or say with `default` what counts then.',
    ],
  },
  {
    name: 'rules that do not agree',
    text: tableOf(
      'any',
      ['rule: a, if: order.total > 5, output: 1', 'rule: b, if: order.total > 9, output: 2'],
      'default: 0\n',
    ),
    says: [
      '7:20: error: Rules "a" and "b" both hold for order.total = 10 and give different outputs, which `hit: any` forbids. Narrow one of them, or write `hit: first`.',
    ],
  },
  {
    name: 'a rule that stands there twice',
    text: tableOf('collect', ['rule: a, if: order.total > 5', 'rule: a, if: order.total > 9']),
    says: ['7:13: error: Rule "a" stands here twice. Give one of them another name.'],
  },
  {
    name: 'a default where all count',
    text: tableOf('collect', ['rule: a, if: order.total > 5'], 'default: 0\n'),
    says: ['7:1: error: `hit: collect` gives an empty list when no rule holds. Leave `default` out.'],
  },
  {
    name: 'a rule about something else',
    text: tableOf('collect', ['rule: a, if: input.total > 5']),
    says: ['6:20: error: There is no "input" here. Known here: now, order.'],
  },
  {
    name: 'a rule about a field with a typo',
    text: 'decision: d\nversion: 1\nhit: collect\ninputs: { order: { type: object, additionalProperties: false, properties: { total: {} } } }\nrules: [{ rule: a, if: order.totl > 5 }]\n',
    says: ['5:24: error: Order has no field "totl". Did you mean "total"?'],
  },
  {
    name: 'a hit policy of another language',
    text: tableOf('priority', ['rule: a, if: true']),
    says: [
      '3:6: error: Expected one of `unique`, `first`, `any`, `collect`, `weigh`, and this is "priority".',
    ],
  },
  {
    name: 'objectives of a table that decides',
    text: tableOf('collect', ['rule: a, if: order.total > 5'], SCORED),
    says: ['7:1: error: Only `hit: weigh` scores objectives. Write that, or leave `objectives` out.'],
  },
  {
    name: 'a weighing by nothing',
    text: tableOf('weigh', ['rule: a, if: order.total > 5']),
    says: [
      '3:6: error: `hit: weigh` scores proposals, and there is nothing to score by. Write `objectives: { <name>: <a number from 0 to 1> }`.',
    ],
  },
  {
    name: 'a preference that decides',
    text: tableOf('weigh', ['rule: a, if: order.total > 5, output: 1'], SCORED),
    says: [
      '6:37: error: With `hit: weigh` a rule is a preference, and one that holds is listed as broken. Leave `output` out, and say with `because` what people read.',
    ],
  },
  {
    name: 'a default of a weighing',
    text: tableOf('weigh', ['rule: a, if: order.total > 5'], `${SCORED}default: 0\n`),
    says: ['8:1: error: `hit: weigh` gives scores whether a rule holds or not. Leave `default` out.'],
  },
  {
    name: 'a score that is true or false',
    text: scoredBy('{ cheap: order.total < 100 }'),
    says: ['7:22: error: A number is needed here, and this is true or false.'],
  },
  {
    name: 'a score in percent',
    text: scoredBy('{ cheap: 80 }'),
    says: ['7:22: error: A score is from 0 to 1, and this is 80.'],
  },
  {
    name: 'a bound in percent',
    text: scoredBy('{ cheap: { score: order.total / 100, atLeast: 80% } }'),
    says: ['7:59: error: Expected a number from 0 to 1, and this is "80%".'],
  },
  {
    name: 'a score of nothing',
    text: scoredBy('{ cheap: { atLeast: 0.5 } }'),
    says: ['7:22: error: `score` is missing: how well the inputs reach it, a number from 0 to 1.'],
  },
  {
    name: 'a score of a field with a typo',
    text: 'decision: d\nversion: 1\nhit: weigh\ninputs: { order: { type: object, additionalProperties: false, properties: { total: {} } } }\nrules: []\nobjectives: { cheap: order.totl }\n',
    says: ['6:22: error: Order has no field "totl". Did you mean "total"?'],
  },
  {
    name: 'an objective that expressions could not mention',
    text: scoredBy('{ on-time: 0.5 }'),
    says: [
      '7:24: error: The name of an objective is written in camelCase such as reserveStock, because expressions mention it: "on-time" is not. Write "onTime".',
    ],
  },
  {
    name: 'a score that is read and not there',
    text: `${scoredBy('{ cheap: 0.5 }')}---\n${sagaOf("  - { decide: price, table: discount, with: { order: '${ input }' } }\n  - { set: late, value: '${ steps.price.output.scores.onTime }' }")}`,
    says: ['14:29: error: The map of scores has no field "onTime". Known here: cheap.'],
  },
  {
    name: 'a table that does not exist',
    text: sagaOf('  - { decide: price, table: discount }'),
    says: ['5:29: error: There is no decision "discount". Write a document `decision: discount`.'],
  },
  {
    name: 'a version that does not exist',
    text: `${TABLE}---\n${sagaOf("  - { decide: price, table: discount, version: 2, with: { order: '${ input }' } }")}`,
    says: ['12:48: error: Decision "discount" has no version 2. There is 1.'],
  },
  {
    name: 'an input the table does not have',
    text: `${TABLE}---\n${sagaOf("  - { decide: price, table: discount, with: { oder: '${ input }' } }")}`,
    says: [
      '12:29: error: Decision "discount" also needs "order". Give it under `with`.',
      '12:47: error: Decision "discount" has no input "oder". It has "order".',
    ],
  },
  {
    name: 'a list without a name for its items',
    text: `${TABLE}---\n${sagaOf('  - { decide: price, table: discount, over: input.orders }')}`,
    says: ['12:39: error: `as` is missing: name the input of the table that an item of the list is.'],
  },
  {
    name: 'outputs where only passing is asked',
    text: `${TABLE}---\n${sagaOf('  - { decide: price, table: discount, over: input.orders, as: order }')}`,
    says: [
      '12:39: error: The rules of "discount" give outputs, and `over` only asks which items pass. Use the table inside a forEach.',
    ],
  },
];

describe('a decision with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });

  it.each([
    [
      'a rule behind one that always holds',
      tableOf('first', ['rule: all, if: true', 'rule: small, if: order.total < 5']),
      'Rule "small" never counts: wherever it holds, a rule before it does.',
    ],
    [
      'a condition that computes',
      tableOf('first', ['rule: a, if: order.total * 2 > 5']),
      'Whether these rules leave a gap or overlap is not known: of rule "a", it computes with its inputs.',
    ],
    [
      'a condition over a list',
      tableOf('unique', ['rule: a, if: order.total in order.totals'], 'default: 0\n'),
      'Whether these rules leave a gap or overlap is not known: of rule "a", it looks into a list that is not written out.',
    ],
  ])('warns of %s', (_, text, message) => {
    const { problems } = compileDefinitions([{ file: 'table.yaml', text }]);

    expect(problems.map((problem) => [problem.severity, problem.message])).toEqual([['warning', message]]);
  });

  it('finds nothing where the rules cover everything once', () => {
    const text = tableOf('unique', [
      "rule: toys, if: order.kind == 'toy'",
      "rule: small-food, if: order.kind == 'food' && order.total <= 5",
      "rule: much-food, if: order.kind == 'food' && !(order.total <= 5)",
    ]);

    expect(compileDefinitions([{ file: 'table.yaml', text }]).problems).toEqual([]);
  });
});
