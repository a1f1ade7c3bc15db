import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const CONTRACTS = `participant: clinic
commands:
  read-chart: { effect: none, output: { type: object, properties: { finding: { type: string, x-class: medical }, ward: { type: string } } } }
---
participant: billing
clearance: [public, personal]
commands:
  invoice: { undoneBy: billing.cancel }
  cancel: { input: { type: object, properties: { note: {}, caseId: {} } } }
  status: { effect: none, input: { type: object, properties: { diagnosis: {}, caseId: {} } } }
events:
  billing.paid: { key: data.caseId, schema: { type: object, properties: { caseId: {}, illness: { type: string, x-class: medical } } } }
---
participant: doctor
commands: { see: { undoneBy: doctor.forget }, forget: {} }
---
decision: risk
version: 1
hit: first
inputs: { diagnosis: { type: string } }
rules: [{ rule: high, if: "diagnosis == 'B20'", output: high }]
default: low
---
fragment: bill
version: 1
params: { text: string }
steps: [{ step: write, call: billing.invoice, with: { note: '\${ params.text }' }, compensate: billing.cancel }]
---
`;
const HEAD = `saga: intake
version: 1
key: input.caseId
input:
  type: object
  properties:
    caseId: { type: string }
    name: { type: string, x-class: personal }
    diagnosis: { type: string, x-class: medical }
    visits: { type: array, items: { type: object, properties: { day: { type: string }, finding: { type: string, x-class: medical } } } }
`;
const lines = (CONTRACTS + HEAD).split('\n').length - 1;

function intake(name: string, steps: string, says: readonly string[], around = ''): WrongDocument {
  return { name, text: `${CONTRACTS}${HEAD}${around}steps:\n${steps}`, says };
}

const CLEARED = 'which is classed "medical": it is cleared for public, personal. Leave it out.';
const invoice = (data: string, undo = 'billing.cancel') =>
  `  - step: charge\n    call: billing.invoice\n    with: ${data}\n    compensate: ${undo}\n`;

const WRONG: readonly WrongDocument[] = [
  intake('a classed field under another name', invoice("{ note: '${ input.diagnosis }' }"), [
    `4:19: error: Participant "billing" must not see "note", ${CLEARED}`,
  ]),
  intake('in a text', invoice("{ note: 'Treated: ${ input.diagnosis }' }"), [
    `4:19: error: Participant "billing" must not see "note", ${CLEARED}`,
  ]),
  intake('computed from it', invoice('{ isAcute: "${ input.diagnosis == \'B20\' }" }'), [
    `4:22: error: Participant "billing" must not see "isAcute", ${CLEARED}`,
  ]),
  intake('the whole input', invoice("{ all: '${ input }' }"), [
    `4:18: error: Participant "billing" must not see "all.diagnosis", ${CLEARED}`,
    `4:18: error: Participant "billing" must not see "all.visits.*.finding", ${CLEARED}`,
  ]),
  intake('out of a list', invoice("{ lines: '${ input.visits.map(v, v.finding) }' }"), [
    `4:20: error: Participant "billing" must not see "lines.*", ${CLEARED}`,
  ]),
  intake(
    'nothing said about what is sent',
    '  - { step: charge, call: billing.invoice, compensate: { none: a test } }\n',
    [
      '2:27: error: Participant "billing" must not see "diagnosis", which is classed "medical": it is cleared for public, personal. Say under `with` what "billing.invoice" gets, or leave the field out of its contract.',
      '2:27: error: Participant "billing" must not see "visits.*.finding", which is classed "medical": it is cleared for public, personal. Say under `with` what "billing.invoice" gets, or leave the field out of its contract.',
    ],
  ),
  intake(
    'what another participant has answered',
    `  - { step: chart, call: clinic.read-chart }\n${invoice("{ note: '${ steps.chart.output.finding }' }")}`,
    [`5:19: error: Participant "billing" must not see "note", ${CLEARED}`],
  ),
  intake(
    'through a value with a name',
    `  - { set: text, value: 'about \${ input.diagnosis }' }\n${invoice("{ note: '${ steps.text.output }' }")}`,
    [`5:19: error: Participant "billing" must not see "note", ${CLEARED}`],
  ),
  intake(
    'through a table',
    `  - { decide: risk, table: risk, with: { diagnosis: '\${ input.diagnosis }' } }\n${invoice("{ level: '${ steps.risk.output }' }")}`,
    [`5:20: error: Participant "billing" must not see "level", ${CLEARED}`],
  ),
  intake(
    'where a branch has made it',
    `  - choice: way
    cases:
      - case: known
        if: input.caseId == 'x'
        do: [{ set: text, value: '\${ input.diagnosis }' }]
    else: [{ set: text2, value: none }]
${invoice('{ note: "${ steps.?text.output.orValue(\'none\') }" }')}`,
    [`10:19: error: Participant "billing" must not see "note", ${CLEARED}`],
  ),
  intake(
    'what a handler has made, read when its block is retried',
    `  - group: bill
    do:
      - step: charge
        call: billing.invoice
        with: { note: "\${ steps.?chart.output.finding.orValue('none') }" }
        compensate: billing.cancel
    catch:
      failed: { undo: true, do: [{ step: chart, call: clinic.read-chart }], then: retry }
`,
    [`6:23: error: Participant "billing" must not see "note", ${CLEARED}`],
  ),
  intake(
    'in an undo',
    "  - step: see\n    call: doctor.see\n    with: { diagnosis: '${ input.diagnosis }' }\n    compensate: doctor.forget\n" +
      invoice(
        "{ caseId: '${ input.caseId }' }",
        "{ call: billing.cancel, with: { note: '${ input.diagnosis }' } }",
      ),
    [`9:55: error: Participant "billing" must not see "note", ${CLEARED}`],
  ),
  intake(
    'in a question',
    '  - { step: see, call: doctor.see, compensate: doctor.forget, verify: billing.status }\n',
    [
      '2:71: error: Participant "billing" must not see "diagnosis", which is classed "medical": it is cleared for public, personal. Say under `with` what "billing.status" gets, or leave the field out of its contract.',
    ],
  ),
  intake(
    'into a fragment',
    "  - { include: note, fragment: bill, with: { text: '${ input.diagnosis }' } }\n",
    [`27:61: error: Participant "billing" must not see "note", ${CLEARED}`],
  ),
  intake(
    'told to everybody',
    "  - { emit: told, event: intake.done, with: { illness: '${ input.diagnosis }' } }\n",
    [
      '2:56: error: Everybody may read the event "intake.done", and "illness" is classed "medical". Leave it out, or class it in the event\'s schema: `x-class: medical`.',
    ],
  ),
  intake(
    'told at the end',
    '  - { step: see, call: doctor.see, compensate: doctor.forget }\n',
    [
      '1:62: error: Everybody may read the event "intake.done", and "illness" is classed "medical". Leave it out, or class it in the event\'s schema: `x-class: medical`.',
    ],
    "outcomes: { completed: { emit: intake.done, with: { illness: '${ steps.?see.output.x.orValue(input.diagnosis) }' } } }\n",
  ),
  intake(
    'taken from an event and forgotten',
    '  - { step: see, call: doctor.see, compensate: doctor.forget }\n',
    [
      '1:60: error: Here "name" comes in, classed "medical", and the `input` of the saga does not say so. Add `x-class: medical` to its schema.',
    ],
    "triggers: [{ event: billing.paid, with: { caseId: a, name: '${ data.illness }' } }]\n",
  ),
  intake(
    'in the title of a task',
    "  - { task: look, title: 'Examine ${ input.diagnosis }', to: { role: doctor }, escalate: [{ after: 1d, to: { role: doctor } }], answers: { seen: [] } }\n",
    [
      '2:26: error: Everybody sees the title of a block, and this holds what is classed "medical". Use something that is not classed.',
    ],
  ),
  intake('in what is locked', "  - { lock: bed, resource: 'bed/${ input.diagnosis }' }\n", [
    '2:28: error: Everybody sees what is locked, and this holds what is classed "medical". Use something that is not classed.',
  ]),
  intake(
    'in the key of an item, which is part of the name of each command',
    '  - { forEach: days, in: input.visits, as: visit, key: visit.finding, do: [{ step: see, call: doctor.see, with: {}, compensate: doctor.forget }] }\n',
    [
      '2:56: error: Everybody sees the key of an item, and this holds what is classed "medical". Use something that is not classed.',
    ],
  ),
  intake(
    'in the key of another saga',
    "  - { saga: paper, definition: paper, key: input.diagnosis, with: { caseId: '${ input.caseId }' }, compensate: { none: a test } }\n",
    [
      '2:44: error: Everybody sees the key of a saga, and this holds what is classed "medical". Use something that is not classed.',
    ],
  ),
  intake(
    'in the message of an error, which outcomes tell',
    "  - { raise: too-ill, message: 'it is ${ input.diagnosis }' }\n",
    [
      '3:32: error: Everybody sees the message of an error, and this holds what is classed "medical". Use something that is not classed.',
    ],
    "outcomes: { compensated: { emit: intake.failed, with: { why: '${ failure.message }' } } }\n",
  ),
  {
    name: 'handed to another saga that forgets it',
    text: `${CONTRACTS}saga: bill
version: 1
key: input.caseId
input: { type: object, properties: { caseId: {}, text: {} } }
steps: [{ step: charge, call: billing.invoice, compensate: billing.cancel }]
---
${HEAD}steps:
  - saga: paper
    definition: bill
    with: { caseId: '\${ input.caseId }', text: '\${ input.diagnosis }' }
`,
    says: [
      '10:48: error: Here "text" comes in, classed "medical", and the `input` of the saga "bill" does not say so. Add `x-class: medical` to its schema.',
    ],
  },
  {
    name: 'as the key',
    text: `${CONTRACTS}${HEAD.replace('input.caseId', 'input.name')}steps: [{ step: see, call: doctor.see, compensate: doctor.forget }]\n`,
    says: [
      '31:6: error: Everybody sees the key of a saga, and this holds what is classed "personal". Use something that is not classed.',
    ],
  },
];

/** Without the lines in front, so that they can change. */
function near(problem: string): string {
  const [line, ...rest] = problem.split(':');
  const from = Number(line) > lines ? Number(line) - lines : Number(line);
  return [String(from), ...rest].join(':');
}

describe('data that a participant is not cleared for', () => {
  it.each(WRONG)('is refused: $name', (wrong) => {
    expect(errorsOf(wrong).map(near)).toEqual(wrong.says);
  });

  it('goes to whom is cleared, or has said nothing', () => {
    const steps =
      "steps:\n  - { step: see, call: doctor.see, compensate: doctor.forget }\n  - { step: charge, call: billing.invoice, with: { to: '${ input.name }', days: '${ input.visits.map(v, v.day) }' }, compensate: billing.cancel }\n";
    const { programs, problems } = compileDefinitions([
      { file: 'intake.yaml', text: CONTRACTS + HEAD + steps },
    ]);

    expect([problems, programs[0]!.classed]).toEqual([
      [],
      {
        input: [
          { path: ['name'], fieldClass: 'personal' },
          { path: ['diagnosis'], fieldClass: 'medical' },
          { path: ['visits', '*', 'finding'], fieldClass: 'medical' },
        ],
        outputs: {},
        sent: {
          see: [
            { path: ['name'], fieldClass: 'personal' },
            { path: ['diagnosis'], fieldClass: 'medical' },
            { path: ['visits', '*', 'finding'], fieldClass: 'medical' },
          ],
          charge: [{ path: ['to'], fieldClass: 'personal' }],
        },
        shown: {},
      },
    ]);
  });
});
