import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';
import { errorsOf, SAGA } from './wrong-document.js';

/** What somebody writes who knows other tools, and what they are told. */
type Mistake = readonly [name: string, text: string, says: readonly string[]];

const STEP = `steps:
  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
`;

const DURATIONS: readonly Mistake[] = [
  [
    'timeout number',
    SAGA + STEP + '    timeout: 30\n',
    [
      '8:14: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is 30. Write its unit, too: 30s or 30ms.',
    ],
  ],
  [
    'timeout unit space',
    SAGA + STEP + '    timeout: 30 s\n',
    ['8:14: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "30 s". Write 30s.'],
  ],
  [
    'timeout seconds',
    SAGA + STEP + '    timeout: 30sec\n',
    ['8:14: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "30sec". Write 30s.'],
  ],
  [
    'timeout iso',
    SAGA + STEP + '    timeout: PT30S\n',
    ['8:14: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "PT30S". Write 30s.'],
  ],
  [
    'timeout words',
    SAGA + STEP + '    timeout: 5 minutes\n',
    [
      '8:14: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "5 minutes". Write 5m.',
    ],
  ],
  [
    'timeout weeks',
    SAGA + STEP + '    timeout: 2w\n',
    ['8:14: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "2w". Write 14d.'],
  ],
  [
    'dur in retry',
    SAGA + STEP + '    retry: { attempts: 3, delay: 500 }\n',
    [
      '8:34: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is 500. Write its unit, too: 500s or 500ms.',
    ],
  ],
];

const UNDO: readonly Mistake[] = [
  [
    'compensate no',
    SAGA + 'steps:\n  - step: reserve\n    call: inventory.reserve\n    compensate: no\n',
    [
      '7:17: error: Say what undoes it, such as `compensate: inventory.release`; where nothing does, say why: `compensate: { none: <why> }`.',
    ],
  ],
  [
    'compensate none',
    SAGA + 'steps:\n  - step: reserve\n    call: inventory.reserve\n    compensate: none\n',
    [
      '7:17: error: Say what undoes it, such as `compensate: inventory.release`; where nothing does, say why: `compensate: { none: <why> }`.',
    ],
  ],
  [
    'compensate false',
    SAGA + 'steps:\n  - step: reserve\n    call: inventory.reserve\n    compensate: false\n',
    [
      '7:17: error: Say what undoes it, such as `compensate: inventory.release`; where nothing does, say why: `compensate: { none: <why> }`.',
    ],
  ],
  [
    'compensate null',
    SAGA + 'steps:\n  - step: reserve\n    call: inventory.reserve\n    compensate:\n',
    [
      '7:16: error: Say what undoes it, such as `compensate: inventory.release`; where nothing does, say why: `compensate: { none: <why> }`.',
    ],
  ],
  [
    'retry number',
    SAGA + STEP + '    retry: 3x\n',
    [
      '8:12: error: Say how often: `retry: { attempts: 3 }`, the first time included. A single word is the name of a policy.',
    ],
  ],
  [
    'retry zero',
    SAGA + STEP + '    retry: 0\n',
    [
      '8:12: error: Say how often: `retry: { attempts: 3 }`, the first time included. A single word is the name of a policy.',
    ],
  ],
  [
    'retry true',
    SAGA + STEP + '    retry: true\n',
    [
      '8:12: error: Say how often: `retry: { attempts: 3 }`, the first time included. A single word is the name of a policy.',
    ],
  ],
  [
    'catch all star',
    SAGA + STEP + "    catch: { '*': continue }\n",
    [
      '8:19: error: There is no handler for everything. Name the errors: `rejected` is any refusal, `failed` gave up, `unknown` may have been done.',
    ],
  ],
  [
    'catch default',
    SAGA + STEP + '    catch: { default: continue }\n',
    [
      '8:23: error: There is no handler for everything. Name the errors: `rejected` is any refusal, `failed` gave up, `unknown` may have been done.',
    ],
  ],
  [
    'catch ignore',
    SAGA + STEP + '    catch: { failed: ignore }\n',
    ['8:22: error: Expected one of `continue`, `retry`, `compensate`, `incident`, and this is "ignore".'],
  ],
];

const CEL: readonly Mistake[] = [
  [
    'key template',
    'saga: order\nversion: 1\nkey: ${ input.orderId }\nsteps:\n  - step: reserve\n    call: inventory.reserve\n    compensate: inventory.release\n',
    ['3:6: error: `${ }` is not written where a key can only hold an expression; leave it out.'],
  ],
  [
    'key bare name',
    'saga: order\nversion: 1\nkey: orderId\nsteps:\n  - step: reserve\n    call: inventory.reserve\n    compensate: inventory.release\n',
    [
      '3:6: error: There is no "orderId" here. If it is a field of the input, write input.orderId. Known here: input.',
    ],
  ],
  [
    'if template',
    SAGA + STEP + '    if: ${ input.vip }\n',
    ['8:9: error: `${ }` is not written where a key can only hold an expression; leave it out.'],
  ],
  [
    'if and word',
    SAGA + STEP + '    if: input.vip and input.total > 3\n',
    ['8:19: error: `and` is written &&.'],
  ],
  [
    'if not word',
    SAGA + STEP + '    if: not input.vip\n',
    ["8:13: error: This is no expression: unexpected character: 't'."],
  ],
  [
    'if single eq',
    SAGA + STEP + '    if: input.total = 3\n',
    ['8:21: error: A comparison is written with two equal signs: a == b.'],
  ],
  [
    'if bang',
    SAGA + STEP + '    if: !input.vip\n',
    [
      "8:9: error: YAML reads `!input.vip` as a tag and leaves the value empty, because it begins with `!`. Put the expression in quotes: '!input.vip'.",
    ],
  ],
  [
    'if null check',
    SAGA + STEP + '    if: input.vip != undefined\n',
    [
      '8:22: error: There is no "undefined" here. Whether something is there is asked by has(input.x); nothing is null.',
    ],
  ],
  [
    'if optional chain',
    SAGA + STEP + '    if: input?.vip\n',
    ['8:15: error: A field that may not be there is written a.?b.'],
  ],
  [
    'if includes',
    SAGA + STEP + "    if: input.lines.includes('a')\n",
    [
      '8:9: error: There is no function ".includes()". In this language a contains b is written b in a for lists and a.contains(b) for texts.',
    ],
  ],
  [
    'if tolower',
    SAGA + STEP + "    if: input.country.toUpperCase() == 'DE'\n",
    ['8:9: error: There is no function ".toUpperCase()". In this language write upperAscii().'],
  ],
  [
    'if double eq typo steps',
    SAGA + STEP + '    if: step.reserve.output.ok\n',
    ['8:9: error: There is no "step" here. What a block has left is steps.<block>.output.'],
  ],
  [
    'if bool text',
    SAGA + STEP + '    if: yes\n',
    ['8:9: error: There is no "yes" here. Write true or false.'],
  ],
  [
    'smart quotes',
    SAGA + STEP + '    if: input.country == “DE”\n',
    ['8:26: error: Texts stand in plain quotes: "DE" or \'DE\'.'],
  ],
  [
    'with github',
    SAGA + STEP + "    with: { orderId: '${{ input.orderId }}' }\n",
    ['8:41: error: An expression stands in one pair of braces: ${ input.x }.'],
  ],
  [
    'undo of later read',
    SAGA +
      "steps:\n  - step: reserve\n    call: inventory.reserve\n    compensate: { call: inventory.release, with: { id: '${ output.id }' } }\n",
    ['7:60: error: There is no "output" here. Known here: failure, input, now, saga, self, toggles.'],
  ],
  [
    'failure typo',
    SAGA +
      STEP +
      "outcomes: { compensated: { emit: shop.order.rejected, with: { reason: '${ failure.reason }' } } }\n",
    ['8:75: error: `failure` has no field "reason". Known here: at, causes, data, error, message, step.'],
  ],
];

const SILENT: readonly Mistake[] = [
  [
    'with bare expr',
    SAGA + STEP + '    with: { orderId: input.orderId }\n',
    [
      '8:22: warning: This is the text "input.orderId" itself. If its value is meant, write \'${ input.orderId }\'.',
    ],
  ],
  [
    'with jinja',
    SAGA + STEP + "    with: { orderId: '{{ input.orderId }}' }\n",
    [
      '8:22: warning: This is the text "{{ input.orderId }}" itself. If its value is meant, write \'${ input.orderId }\'.',
    ],
  ],
  [
    'with shell',
    SAGA + STEP + "    with: { orderId: '$input.orderId' }\n",
    [
      '8:22: warning: This is the text "$input.orderId" itself. If its value is meant, write \'${ input.orderId }\'.',
    ],
  ],
  [
    'input shorthand',
    SAGA + 'input: { orderId: string }\n' + STEP,
    [
      '4:19: warning: JSON Schema knows no keyword `orderId`, so nothing is checked by it. Fields stand under `properties`: { type: object, properties: { orderId: { type: string } } }.',
    ],
  ],
  [
    'input required typo',
    SAGA + 'input: { type: object, require: [orderId], properties: { orderId: { type: string } } }\n' + STEP,
    [
      '4:33: warning: JSON Schema knows no keyword `require`, so nothing is checked by it. Did you mean "required"?',
    ],
  ],
];

function warningsOf(text: string): readonly string[] {
  const { problems } = compileDefinitions([{ file: 'wrong.yaml', text }]);
  return problems
    .filter(({ message }) => !message.includes('has no contract'))
    .map((problem) => formatProblem(problem).replace(/^wrong\.yaml:/, ''));
}

describe('a first step with a mistake in', () => {
  it.each(DURATIONS)('durations: %s', (name, text, says) => {
    expect(errorsOf({ name, text, says })).toEqual(says);
  });

  it.each(UNDO)('what undoes, repeats and handles: %s', (name, text, says) => {
    expect(errorsOf({ name, text, says })).toEqual(says);
  });

  it.each(CEL)('expressions: %s', (name, text, says) => {
    expect(errorsOf({ name, text, says })).toEqual(says);
  });

  it.each(SILENT)('what would go unnoticed: %s', (_, text, says) => {
    expect(warningsOf(text)).toEqual(says);
  });
});
