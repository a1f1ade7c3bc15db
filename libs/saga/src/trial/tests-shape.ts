import {
  TEXT,
  DURATION_TEXT,
  FLAG,
  SHARE,
  TEMPLATE,
  TEMPLATE_MAP,
  camelCase,
  kebabCase,
  kindOf,
  oneOf,
  wholeNumber,
} from '../shape/scalar-shapes.js';
import { listOf, mapOf, record, type MapOptions } from '../shape/container-shapes.js';
import { CALL, EVENT, EVENT_SOURCE, timesOr } from '../shape/policy-shapes.js';
import type { Fields, Shape } from '../shape/shape.js';
import { isMap } from '../document/cursor.js';
import { TIME, TIMES } from './time-shape.js';

const REFUSALS = [
  'task-answered',
  'task-withdrawn',
  'not-asked',
  'authority-too-low',
  'four-eyes',
  'unknown-item',
  'item-decided',
  'rule-broken',
] as const;

const SILENCE = oneOf('done', 'not-done');

const ANSWER_FIELDS: Fields = {
  succeeded: { shape: TEMPLATE_MAP, doc: 'It is done, with these fields in its answer.' },
  claimed: {
    shape: TEMPLATE_MAP,
    doc: 'The participant says that it is done, with these fields, and it is not; asked about it, it says so.',
  },
  rejected: { shape: kebabCase('an error'), doc: 'The participant says no, with this error.' },
  data: { shape: TEMPLATE, doc: 'What comes with an error, an event or the answer of a person.' },
  failed: {
    shape: timesOr('forever', 'permanent'),
    doc: 'It fails this often without effect; or `forever`; or once, and says that it would fail again (`permanent`).',
  },
  silent: { shape: SILENCE, doc: 'Nothing is heard of it, though it was `done`, or was `not-done`.' },
};

const ACCEPTED = record({
  title: '`accepted`',
  fields: {
    ...ANSWER_FIELDS,
    after: {
      shape: DURATION_TEXT,
      doc: 'How long it takes from there.',
      required: 'how long it takes from there.',
    },
  },
});

const MOVE_FIELDS: Fields = {
  ...ANSWER_FIELDS,
  after: { shape: DURATION_TEXT, doc: 'How long it takes until this happens.' },
  late: { shape: DURATION_TEXT, doc: 'It is done at once, but its answer takes this long.' },
  accepted: { shape: ACCEPTED, doc: 'The participant has begun; what came of it follows later.' },
  event: { shape: EVENT, doc: 'Which of the events that are waited for.' },
  answer: { shape: kebabCase('an answer'), doc: 'What a person answers.' },
  by: { shape: TEXT, doc: 'Who answers.' },
  role: { shape: kebabCase('a role'), doc: 'In which role; without it, in one that may answer.' },
  items: { shape: listOf(TEXT), doc: 'The items that are answered; without it, all that are open.' },
  completed: { shape: TEMPLATE_MAP, doc: 'The other saga completes with this output.' },
  ended: { shape: oneOf('compensated', 'cancelled', 'refused'), doc: 'How the other saga ends instead.' },
  lock: { shape: oneOf('granted', 'refused'), doc: 'Whether the lock is given.' },
  lost: { shape: DURATION_TEXT, doc: 'The lock is given and lost again after this long.' },
  value: { shape: TEMPLATE, doc: 'The value of the fact.' },
  age: { shape: DURATION_TEXT, doc: 'How old it is.' },
  from: {
    shape: EVENT_SOURCE,
    doc: 'Who says so, of an event or a fact: the `ce-source`. What somebody else than its declared source says of a fact is recorded and does not count, and the next of a list is heard; without it, the declared source says so.',
  },
  fact: { shape: oneOf('stale'), doc: 'Nothing fresh is known.' },
  switched: { shape: FLAG, doc: 'What the toggle is switched to.' },
};

const MOVE_MAP = record({ title: 'what happens to a block', fields: MOVE_FIELDS });
const SILENT = oneOf('silent');

const MOVE: Shape = {
  schema: { anyOf: [SILENT.schema, MOVE_MAP.schema] },
  check: (cursor, checker) => (typeof cursor.value === 'string' ? SILENT : MOVE_MAP).check(cursor, checker),
};

const MOVE_LIST = listOf(MOVE);

const MOVES: Shape = {
  schema: { anyOf: [SILENT.schema, MOVE_MAP.schema, MOVE_LIST.schema] },
  check: (cursor, checker) => (Array.isArray(cursor.value) ? MOVE_LIST : MOVE).check(cursor, checker),
};

const CRASH = oneOf('at every input');

const OUTAGE = record({
  title: '`outage`',
  fields: {
    after: { shape: DURATION_TEXT, doc: 'When it begins, from the start on.' },
    for: { shape: DURATION_TEXT, doc: 'How long it lasts.', required: 'how long it lasts.' },
  },
});

const WHEN: Shape = {
  schema: {
    type: 'object',
    properties: { crash: CRASH.schema, outage: OUTAGE.schema },
    additionalProperties: MOVES.schema,
  },
  check: (cursor, checker) => {
    if (!isMap(cursor.value))
      checker.log.error(
        cursor,
        `\`when\` is a map from blocks to what happens to them, and this is ${kindOf(cursor.value)}.`,
      );
    else
      for (const key of Object.keys(cursor.value)) {
        const value = { document: cursor.document, path: [...cursor.path, key], value: cursor.value[key]! };
        (key === 'crash' ? CRASH : key === 'outage' ? OUTAGE : MOVES).check(value, checker);
      }
  },
};

const START = record({
  title: '`start`',
  fields: {
    event: { shape: EVENT, doc: 'The event that starts the saga.' },
    data: { shape: TEMPLATE_MAP, doc: "The event's data." },
    from: { shape: EVENT_SOURCE, doc: 'Who publishes it: its `ce-source`; `test` without it.' },
    input: { shape: TEMPLATE_MAP, doc: 'The input, where no event starts it.' },
    linked: {
      shape: TEMPLATE_MAP,
      doc: 'The saga that its trigger links to: `id key definition version status input steps`.',
    },
    at: { shape: TEXT, doc: 'When it starts, such as 2026-01-05T09:00:00Z.' },
  },
});

const TOGGLE_VALUES = mapOf(TEXT, FLAG);

const GIVEN_FIELDS: Fields = {
  start: { shape: START, doc: 'What starts the saga.' },
  toggles: { shape: TOGGLE_VALUES, doc: 'How toggles stand when it starts.' },
  when: { shape: WHEN, doc: 'What the outside does, by block, command or event.' },
};

const TASK_FACTS = record({
  title: 'what is claimed of a task',
  fields: {
    status: { shape: oneOf('open', 'informed', 'answered', 'withdrawn'), doc: 'How it stands in the end.' },
    asked: { shape: listOf(TEXT), doc: 'Everybody it was put to, in order.' },
    reminded: { shape: wholeNumber(0), doc: 'How often they were reminded.' },
    escalated: { shape: wholeNumber(0), doc: 'How often it was put to more people.' },
    overdue: { shape: FLAG, doc: 'Whether it was answered too late, or not at all.' },
    dueAt: { shape: TEXT, doc: 'When it was due, such as 2026-01-05T09:00:00Z.' },
    answer: { shape: kebabCase('an answer'), doc: 'The answer that counted.' },
    at: { shape: TEXT, doc: 'When it was answered.' },
    by: { shape: TEXT, doc: 'Who answered.' },
    refused: {
      shape: listOf(oneOf(...REFUSALS)),
      doc: 'Why answers were turned down, in order; [] for none.',
    },
  },
});

const WAIT_FACTS = record({
  title: 'what is claimed of a time-out policy',
  fields: {
    policy: { shape: camelCase('a time-out policy'), doc: 'Which policy has decided.' },
    after: { shape: DURATION_TEXT, doc: 'How long silence was borne after the last sending.' },
    accepted: { shape: DURATION_TEXT, doc: 'How long it would have been borne after it was accepted.' },
    because: { shape: TEXT, doc: 'Why.' },
  },
});

const COUNTS = mapOf(CALL, wholeNumber(0));

/** What a case may claim, by key. */
export const THEN_FIELDS: Fields = {
  outcome: {
    shape: oneOf('completed', 'compensated', 'cancelled', 'running', 'compensating', 'not-started'),
    doc: 'How the saga ended, or stands when nothing more happens.',
  },
  result: { shape: kebabCase('a result'), doc: 'The name given by `end`.' },
  failure: { shape: kebabCase('an error'), doc: 'The error that everything was undone for.' },
  after: {
    shape: TIME,
    doc: 'How long it took: as exactly as it is written, or a range such as `5m to 7m`.',
  },
  at: {
    shape: mapOf(CALL, TIMES),
    doc: 'When a command or event of a name left last, from the start on, as exactly as it is written or in a range such as `5m to 7m`; a list: each time.',
  },
  sent: { shape: listOf(CALL), doc: 'Commands that were sent in this order; others may stand between.' },
  never: { shape: listOf(CALL), doc: 'Commands and events that did not leave.' },
  undone: { shape: listOf(CALL), doc: 'Commands that undid something, in this order; [] for none.' },
  told: { shape: listOf(EVENT), doc: 'Events that were published in this order; [] for none.' },
  paths: { shape: listOf(TEXT), doc: 'Exception paths that were taken; [] for none.' },
  data: {
    shape: mapOf(CALL, TEMPLATE),
    doc: 'What the last command or event of a name carried; other fields may be beside.',
  },
  effects: { shape: COUNTS, doc: 'How often a command took effect.' },
  outputs: { shape: mapOf(TEXT, TEMPLATE), doc: 'What blocks left behind; other fields may be beside.' },
  known: {
    shape: TEMPLATE,
    doc: 'What it has found out that reads a fact; other fields may be beside, and null is nothing.',
  },
  hearsay: {
    shape: mapOf(TEXT, listOf(EVENT_SOURCE)),
    doc: 'Who else has spoken of a fact than its source, in order, by fact; [] for nobody.',
  },
  tasks: { shape: mapOf(TEXT, TASK_FACTS), doc: 'What came of tasks, by block.' },
  waits: {
    shape: mapOf(TEXT, WAIT_FACTS),
    doc: 'How long time-out policies let steps wait the last time, and why, by block.',
  },
  missing: {
    shape: mapOf(TEXT, listOf(TEXT)),
    doc: 'The branches, or keys of items, that a join went on without, by block; [] for none.',
  },
  incident: { shape: TEXT, doc: 'The block that waits for an operator at the end.' },
  gates: { shape: listOf(kebabCase('a gate')), doc: 'The gates that kept it from starting.' },
  sameAs: { shape: TEXT, doc: 'Another test that came to the same.' },
};

const CASE = record({
  title: 'a case',
  fields: {
    test: { shape: TEXT, doc: 'What is shown, as a sentence.', required: 'say what the case shows.' },
    given: {
      shape: record({
        title: '`given`',
        fields: { start: GIVEN_FIELDS['start']!, toggles: GIVEN_FIELDS['toggles']! },
      }),
      doc: 'What is different at the start; fields of `data` replace those of all cases.',
    },
    when: { shape: WHEN, doc: 'What the outside does otherwise, by block, command or event.' },
    then: {
      shape: record({ title: '`then`', fields: THEN_FIELDS }),
      doc: 'What has to come of it.',
      required: 'say what has to come of it, such as `then: { outcome: completed }`.',
    },
  },
});

/** A document of tests. */
export const TESTS: MapOptions = {
  title: 'a document of tests',
  fields: {
    tests: { shape: kebabCase('the name of a saga'), doc: 'Tests of a saga.' },
    version: {
      shape: wholeNumber(1),
      doc: 'Of the saga.',
      required: 'the version of the saga, such as `version: 1`.',
    },
    coverage: {
      doc: 'What the cases have to cover together.',
      shape: record({
        title: '`coverage`',
        fields: {
          paths: {
            shape: SHARE,
            doc: 'The share of exception paths that have to be taken.',
            required: 'such as 100%.',
          },
        },
      }),
    },
    given: { shape: record({ title: '`given`', fields: GIVEN_FIELDS }), doc: 'What holds for all cases.' },
    cases: { shape: listOf(CASE), doc: 'The cases.', required: 'the list of cases.' },
    description: { shape: TEXT, doc: 'What the tests are about.' },
    owner: { shape: TEXT, doc: 'Who answers for them.' },
  },
};
