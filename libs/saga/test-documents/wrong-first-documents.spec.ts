import { describe, expect, it } from '@jest/globals';
import { errorsOf, SAGA } from './wrong-document.js';

/** What somebody writes who knows other tools, and what they are told. */
type Mistake = readonly [name: string, text: string, says: readonly string[]];

const STEP = `steps:
  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
`;

const YAML: readonly Mistake[] = [
  [
    'tab indentation',
    SAGA + 'steps:\n\t- step: reserve\n\t  call: inventory.reserve\n',
    ['5:1: error: A tab cannot indent. Use spaces.'],
  ],
  [
    'bad indent of key',
    SAGA + 'steps:\n  - step: reserve\n      call: inventory.reserve\n    compensate: inventory.release\n',
    [
      '5:11: error: A key cannot follow a value here. Begin all keys of a map in the same column, and put a text that contains `: ` in quotes.',
    ],
  ],
  [
    'keys at list level',
    SAGA + 'steps:\n  - step: reserve\n  call: inventory.reserve\n',
    [
      '6:1: error: The keys of one map begin in the same column. Those of a block begin below its head, behind the "- ".',
    ],
  ],
  [
    'dup key in step',
    SAGA +
      'steps:\n  - step: reserve\n    call: inventory.reserve\n    call: inventory.release\n    compensate: inventory.release\n',
    ['7:5: error: This key stands here twice. Keep one of them.'],
  ],
  [
    'two docs no sep',
    SAGA + STEP + 'saga: other\n',
    ['8:1: error: This document has a `saga` already. Put a line `---` between two documents.'],
  ],
  [
    'anchor',
    SAGA +
      'steps:\n  - &a\n    step: reserve\n    call: inventory.reserve\n    compensate: inventory.release\n',
    ['6:5: error: Anchors (`&`) are not part of the language. Leave it out.'],
  ],
  [
    'merge key',
    SAGA + 'steps:\n  - <<: *base\n    step: reserve\n',
    [
      '5:5: error: Merge keys (`<<`) are not part of the language. Write the entries out.',
      '5:9: error: Aliases are not part of the language. Write out what `*base` stands for.',
    ],
  ],
  [
    'no colon',
    'saga order\nversion: 1\n',
    [
      '1:1: error: A key stands alone before `: `, a colon and an ordinary space. Write `key: value`; put the whole text in quotes if it is one.',
    ],
  ],
  [
    'no space after colon',
    'saga:order\nversion:1\n',
    [
      '1:1: error: A document is a map. Begin with `saga: <name>`, `participant: <name>` or `namespace: <name>`.',
    ],
  ],
  [
    'nbsp',
    SAGA + 'steps:\n  - step:\u00A0reserve\n    call: inventory.reserve\n    compensate: inventory.release\n',
    [
      '5:5: error: A key stands alone before `: `, a colon and an ordinary space. Write `key: value`; put the whole text in quotes if it is one.',
    ],
  ],
  [
    'unclosed quote',
    SAGA + STEP + "    title: 'It's\n",
    [
      "8:16: error: Something follows the closing quote. Write a single quote inside single quotes twice (''), or put double quotes around the whole.",
    ],
  ],
  ['unclosed brace', SAGA + STEP + '    with: { a: 1\n', ['9:1: error: A `{` is not closed. Write its `}`.']],
  [
    'at start',
    SAGA + STEP + '    title: @ann\n',
    ['8:12: error: A text cannot begin with this character. Put it in quotes.'],
  ],
  [
    'colon in text',
    SAGA + STEP + '    title: Reserve: the stock\n',
    [
      '8:12: error: A key cannot follow a value here. Begin all keys of a map in the same column, and put a text that contains `: ` in quotes.',
    ],
  ],
  [
    'if quote in yaml',
    SAGA + STEP + "    if: 'input.country == 'DE''\n",
    [
      "8:28: error: Something follows the closing quote. Write a single quote inside single quotes twice (''), or put double quotes around the whole.",
    ],
  ],
  [
    'with unquoted flow',
    SAGA + STEP + '    with: { orderId: ${ input.orderId } }\n',
    [
      "8:23: error: Inside { } and [ ] YAML takes the braces of `${ }` for its own. Put the value in quotes: { x: '${ y }' }.",
    ],
  ],
  [
    'task yes/no',
    SAGA +
      'steps:\n  - task: approve\n    to: { role: clerk }\n    escalate: [{ after: 1d, to: { role: lead } }]\n    answers: { yes: [], no: [] }\n',
    [
      '8:16: error: `yes:` is no key: YAML 1.1 readers take the word for true or false. Choose another name.',
      '8:25: error: `no:` is no key: YAML 1.1 readers take the word for true or false. Choose another name.',
    ],
  ],
];

const FORMS: readonly Mistake[] = [
  [
    'triggers map',
    SAGA + 'triggers: { event: shop.order.placed }\n' + STEP,
    ['4:11: error: Expected a list, and this is a map. Put "- " in front of each item.'],
  ],
  [
    'triggers text',
    SAGA + 'triggers: shop.order.placed\n' + STEP,
    ['4:11: error: Expected a list, and this is a text. Write [shop.order.placed].'],
  ],
  [
    'triggers list of text',
    SAGA + 'triggers: [shop.order.placed]\n' + STEP,
    [
      '4:12: error: A trigger is a map that begins with one of event, schedule, webhook, person, saga, and this is a text.',
    ],
  ],
  [
    'version quoted',
    "saga: order\nversion: '1'\nkey: input.orderId\nsteps:\n  - step: reserve\n    call: inventory.reserve\n    compensate: inventory.release\n",
    ['2:10: error: Expected a whole number from 1, and this is "1". Write 1, without quotes.'],
  ],
  [
    'version semver',
    'saga: order\nversion: 1.0.0\nkey: input.orderId\nsteps:\n  - step: reserve\n    call: inventory.reserve\n    compensate: inventory.release\n',
    ['2:10: error: Expected a whole number from 1, and this is "1.0.0".'],
  ],
  [
    'step name missing',
    SAGA + 'steps:\n  - step:\n    call: inventory.reserve\n    compensate: inventory.release\n',
    [
      '5:10: error: Expected the name of a block, written in camelCase such as reserveStock, because expressions mention it, and this is empty.',
    ],
  ],
  [
    'step no name, only call',
    SAGA + 'steps:\n  - call: inventory.reserve\n    compensate: inventory.release\n',
    ['5:5: error: This block has no head. Its keys are those of a step: begin it with `step: <name>`.'],
  ],
  [
    'steps named map',
    SAGA + 'steps:\n  reserve:\n    call: inventory.reserve\n',
    ['5:3: error: Expected a list of blocks, each with "- " in front, and this is a map.'],
  ],
  [
    'catch list',
    SAGA + STEP + '    catch: [out-of-stock]\n',
    ['8:12: error: Expected a map, and this is a list. Write `<name>: …` for each entry.'],
  ],
  [
    'parallel list',
    SAGA +
      'steps:\n  - parallel: both\n    branches:\n      - step: a\n        call: x.a\n        compensate: x.b\n',
    ['7:7: error: Expected a map, and this is a list. Write `<name>: …` for each entry.'],
  ],
  [
    'branch not list',
    SAGA + 'steps:\n  - parallel: both\n    branches:\n      one: { step: a, call: x.a, compensate: x.b }\n',
    ['7:12: error: Expected a list of blocks, each with "- " in front, and this is a map.'],
  ],
  [
    'choice case map',
    SAGA + 'steps:\n  - choice: vip\n    cases: { vip: input.vip }\n    else: []\n',
    ['6:12: error: Expected a list, and this is a map. Put "- " in front of each item.'],
  ],
  [
    'task answers list',
    SAGA +
      'steps:\n  - task: approve\n    to: { role: clerk }\n    escalate: [{ after: 1d, to: { role: lead } }]\n    answers: [approve, deny]\n',
    ['8:14: error: Expected a map, and this is a list. Write `<name>: …` for each entry.'],
  ],
  [
    'task to text',
    SAGA +
      'steps:\n  - task: approve\n    to: clerk\n    escalate: [{ after: 1d, to: lead }]\n    answers: { approve: [], deny: [] }\n',
    [
      '6:9: error: `to` is a map, and this is a text. Its keys are authority, candidates, role.',
      '7:33: error: `to` is a map, and this is a text. Its keys are authority, candidates, role.',
    ],
  ],
  [
    'outcome text',
    SAGA + STEP + 'outcomes:\n  completed: shop.order.done\n',
    ['9:14: error: An outcome is a map, and this is a text. Its keys are emit, judge, with.'],
  ],
  [
    'participant list',
    'participant: payment\ncommands: [charge, refund]\n',
    ['2:11: error: Expected a map, and this is a list. Write `<name>: …` for each entry.'],
  ],
  [
    'participant rejects text',
    'participant: payment\ncommands: { charge: { rejects: closed-card } }\n',
    ['2:32: error: Expected a list, and this is a text. Write [closed-card].'],
  ],
  [
    'gates list',
    SAGA + 'triggers: [{ event: shop.order.placed, gates: [data.total > 0] }]\n' + STEP,
    ['4:47: error: Expected a map, and this is a list. Write `<name>: …` for each entry.'],
  ],
  [
    'set map',
    SAGA + 'steps:\n  - set: { total: 5 }\n',
    [
      '5:5: error: `value` is missing: the value.',
      '5:10: error: Expected the name of a value, written in camelCase such as reserveStock, because expressions mention it, and this is a map.',
    ],
  ],
  [
    'pivot yes',
    SAGA + 'steps:\n  - step: reserve\n    call: inventory.reserve\n    pivot: yes\n',
    ['7:12: error: Expected true or false, and this is "yes". Write true, without quotes.'],
  ],
  [
    'pivot quoted',
    SAGA + "steps:\n  - step: reserve\n    call: inventory.reserve\n    pivot: 'true'\n",
    ['7:12: error: Expected true or false, and this is "true". Write true, without quotes.'],
  ],
];

const WORDS: readonly Mistake[] = [
  [
    'on trigger',
    SAGA + 'on: shop.order.placed\n' + STEP,
    [
      '4:1: error: `on:` is no key: YAML 1.1 readers take the word for true or false. Errors are handled under `catch:`, events start sagas under `triggers:`.',
    ],
  ],
  [
    'trigger singular',
    SAGA + 'trigger: { event: shop.order.placed }\n' + STEP,
    ['4:1: error: A saga has no key `trigger`. Did you mean "triggers"?'],
  ],
  [
    'compensate typo',
    SAGA + 'steps:\n  - step: reserve\n    call: inventory.reserve\n    compensation: inventory.release\n',
    ['7:5: error: A step has no key `compensation`. Did you mean "compensate"?'],
  ],
  [
    'retry max',
    SAGA + STEP + '    retry: { maxAttempts: 3 }\n',
    ['8:14: error: `retry` has no key `maxAttempts`. Did you mean "attempts"?'],
  ],
  [
    'foreach lower',
    SAGA + 'steps:\n  - foreach: lines\n    in: input.lines\n    do: []\n',
    ['5:5: error: This block has no head. Did you mean "forEach"? It says `foreach`.'],
  ],
  [
    'outcome failed',
    SAGA + STEP + 'outcomes:\n  failed: { emit: shop.order.failed }\n',
    ['9:3: error: `outcomes` has no key `failed`. Known here: cancelled, compensated, completed.'],
  ],
  [
    'kind apiVersion',
    'apiVersion: skald/v1\nkind: Saga\nmetadata: { name: order }\n',
    [
      '1:1: error: This document does not say what it is. Begin it with `saga: <name>`, `participant: <name>` or `namespace: <name>`.',
    ],
  ],
  [
    'call camel',
    SAGA + 'steps:\n  - step: reserve\n    call: inventory.reserveStock\n    compensate: inventory.release\n',
    [
      '6:11: error: A command is written with its owner in front, such as inventory.reserve: "inventory.reserveStock" is not. Write "inventory.reserve-stock".',
    ],
  ],
  [
    'step snake',
    SAGA +
      'steps:\n  - step: reserve_stock\n    call: inventory.reserve\n    compensate: inventory.release\n',
    [
      '5:11: error: The name of a block is written in camelCase such as reserveStock, because expressions mention it: "reserve_stock" is not. Write "reserveStock".',
    ],
  ],
  [
    'step kebab',
    SAGA +
      'steps:\n  - step: reserve-stock\n    call: inventory.reserve\n    compensate: inventory.release\n',
    [
      '5:11: error: The name of a block is written in camelCase such as reserveStock, because expressions mention it: "reserve-stock" is not. Write "reserveStock".',
    ],
  ],
  [
    'name with spaces',
    'saga: Order Fulfilment\nversion: 1\nkey: input.orderId\nsteps:\n  - step: reserve\n    call: inventory.reserve\n    compensate: inventory.release\n',
    [
      '1:7: error: The name of a saga is written in kebab-case such as out-of-stock: "Order Fulfilment" is not. Write "order-fulfilment".',
    ],
  ],
];

describe('a first document with a mistake in', () => {
  it.each(YAML)('how YAML is written: %s', (name, text, says) => {
    expect(errorsOf({ name, text, says })).toEqual(says);
  });

  it.each(FORMS)('the form of a value: %s', (name, text, says) => {
    expect(errorsOf({ name, text, says })).toEqual(says);
  });

  it.each(WORDS)('words of another tool: %s', (name, text, says) => {
    expect(errorsOf({ name, text, says })).toEqual(says);
  });
});
