import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { timelineOf } from '#libs/orchestration';
import {
  commandOutcomes,
  endStatuses,
  engineErrors,
  incidentCodes,
  waitOutcomes,
  type Effect,
} from '#libs/saga';
import { played, type Ending, type Step } from './ends.fixture.js';
import { startMetrics, type Metrics } from './metrics.js';
import { startedAt, transition } from './saga.fixture.js';

/** A saga of one block that asks `a.do`, and what follows when that ends as the error says. */
function caught(error: string, parts: Partial<Ending> & { readonly step?: string } = {}): Ending {
  const { step = '', ...rest } = parts;
  const block = `  - { step: ask, call: a.do, compensate: { none: a test }, retry: { attempts: 1 }, ${step} catch: { ${error}: { output: {} } } }`;
  return { saga: `steps:\n${block}\n`, ...rest };
}

const failing = { outcome: 'failed', error: 'broken' } as const;
const refusing = { outcome: 'rejected', error: 'no' } as const;
const pivotal = '  - { step: ship, call: a.ship, pivot: true }\n';
const undoable = '  - { step: ask, call: a.do, compensate: a.undo }\n';

/** How each error of the engine comes about, caught. */
const errors: Readonly<Record<(typeof engineErrors)[number], Ending>> = {
  rejected: caught('rejected', { says: { 'a.do': [refusing] } }),
  failed: caught('failed', { says: { 'a.do': [failing] } }),
  unknown: caught('unknown', { says: { 'a.do': ['silent'] } }),
  unconfirmed: caught('unconfirmed', { step: 'confirm: { event: a.done, key: input.id, within: 1m },' }),
  'timed-out': {
    saga: `steps:
  - { group: all, timeout: 1m, do: [{ wait: while, for: 1h }], catch: { timed-out: { do: [] } } }
`,
  },
  incomplete: {
    saga: `steps:
  - parallel: both
    branches:
      one: [{ step: one, call: a.one, compensate: { none: a test } }]
      two: [{ step: two, call: a.two, compensate: { none: a test }, retry: { attempts: 1 } }]
    catch: { incomplete: { do: [] } }
`,
    says: { 'a.one': [refusing], 'a.two': [failing] },
  },
  stale: {
    saga: `steps:
  - set: decided
    value: '\${ facts.stock.value }'
    requires: { stock: { fact: a.stock, key: input.id, fresh: 15m } }
    catch: { stale: { output: 0 } }
`,
    documents: `---
participant: a
commands: {}
events: { a.counted: { key: data.id } }
facts: { a.stock: { from: a.counted, key: data.id, value: data.count, asOf: data.at } }
`,
    hears: { fact: [{ what: 'stale' }] },
  },
  invalid: caught('invalid', {
    documents: `---
participant: a
commands:
  do: { output: { type: object, required: [price], properties: { price: { type: integer } } } }
`,
  }),
  locked: {
    saga: `steps:\n  - { lock: slot, resource: '\${ input.id }', conflict: refuse, catch: { locked: { do: [] } } }\n`,
    hears: { slot: [{ what: 'refused' }] },
  },
  'lock-lost': {
    saga: `steps:
  - group: all
    do:
      - { lock: slot, resource: '\${ input.id }' }
      - { lock: other, resource: other }
    catch: { lock-lost: { do: [] } }
`,
    hears: { slot: [{ what: 'granted', data: { token: 1 } }, { what: 'lost' }] },
  },
  'switched-off': {
    saga: `toggles: { asking: { default: true } }
steps:
  - { set: found, value: 1, toggle: asking, catch: { switched-off: { output: 0 } } }
`,
    toggles: { asking: false },
  },
  cancelled: {
    saga: `catch: { cancelled: { do: [] } }\nsteps:\n  - { wait: while, for: 1h }\n`,
    isCancelled: true,
  },
};

const raised = '  - { raise: broken }\n';
const hurrying = (rest: string): string => `steps:
  - parallel: both
    join: any
    branches:
      one: [{ set: found, value: 1 }]
      two: [${rest}]
`;

/** How commands end that did not succeed. */
const commands: Readonly<Record<Exclude<(typeof commandOutcomes)[number], 'succeeded'>, Ending>> = {
  rejected: { saga: `steps:\n${undoable}`, says: { 'a.do': [refusing] } },
  failed: caught('failed', { says: { 'a.do': [failing] } }),
  unknown: {
    saga: `defaults: { step: { retry: { attempts: 1 }, ifUnknown: undo } }\nsteps:\n${undoable}`,
    says: { 'a.do': ['silent'] },
  },
  skipped: {
    saga: `steps:
  - { step: ask, call: a.do, compensate: { call: a.undo, unless: { ask: a.state, if: 'true', because: gone } } }
${raised}`,
    documents: '---\nparticipant: a\ncommands: { do: {}, undo: {}, state: { effect: none } }\n',
  },
  cancelled: {
    saga: hurrying('{ step: ask, call: a.state }'),
    documents: '---\nparticipant: a\ncommands: { state: { effect: none } }\n',
    says: { 'a.state': ['silent'] },
  },
};

/** How waits end to which nothing came. */
const waits: Readonly<Record<Exclude<(typeof waitOutcomes)[number], 'came'>, Ending>> = {
  defaulted: { saga: 'steps:\n  - { wait: paid, event: a.paid, default: { after: 1h, do: [] } }\n' },
  failed: errors.locked,
  withdrawn: { saga: hurrying('{ wait: while, for: 1h }') },
};

/** How sagas end that did not complete. */
const ends: Readonly<Record<Exclude<(typeof endStatuses)[number], 'completed'>, Ending>> = {
  compensated: { saga: `steps:\n${undoable}${raised}` },
  cancelled: { saga: 'steps:\n  - { wait: while, for: 1h }\n', isCancelled: true },
};

/** How sagas come to need a person. */
const incidents: Readonly<Record<(typeof incidentCodes)[number], Ending>> = {
  UNCAUGHT: {
    saga: `steps:\n${pivotal}  - { step: archive, call: a.archive }\n`,
    says: { 'a.archive': [refusing] },
  },
  UNKNOWN: {
    saga: 'steps:\n  - { step: ask, call: a.do, retry: { attempts: 1 }, ifUnknown: incident, compensate: { none: a test } }\n',
    says: { 'a.do': ['silent'] },
  },
  NOT_SENT: { saga: `steps:\n${undoable}`, says: { 'a.do': ['not-sent'] } },
  DECLARED: {
    saga: 'steps:\n  - { step: ask, call: a.do, compensate: { none: a test }, catch: { rejected: incident } }\n',
    says: { 'a.do': [refusing] },
  },
  OVERDUE: { saga: `timeout: 1m\nsteps:\n${pivotal}  - { wait: while, for: 1h }\n` },
  UNDO_FAILED: { saga: `steps:\n${undoable}${raised}`, says: { 'a.undo': [refusing] } },
  LATE_SUCCESS: { saga: `steps:\n${undoable}`, says: { 'a.do': ['taken-back'] } },
  SCHEMA_DRIFT: {
    saga: 'steps:\n  - { step: ask, call: a.do, compensate: { none: a test } }\n',
    documents: errors.invalid.documents!,
  },
  OUTCOME_INVALID: {
    saga: "steps: []\noutcomes: { completed: { emit: a.ended, with: { at: '${ input.nowhere }' } } }\n",
  },
};

/** What goes on without some of its legs. */
const joins: Readonly<Record<'missing', Ending>> = {
  missing: {
    saga: `steps:
  - parallel: both
    tolerate: 1
    branches:
      one: [{ set: found, value: 1 }]
      two: [{ raise: broken }]
`,
  },
};

type Kind = readonly [name: string, ending: Ending, is: (effect: Effect) => boolean];

/** Every one of `names` but the success has to have an ending here that it can be seen in. */
function kindsOf<Name extends string>(
  title: string,
  names: readonly string[],
  endings: Readonly<Record<Name, Ending>>,
  is: (effect: Effect, name: string) => boolean,
): readonly Kind[] {
  const known: Readonly<Record<string, Ending | undefined>> = endings;
  return names.map((name) => {
    const ending = known[name];
    if (ending === undefined) throw new Error(`no saga here shows ${title} ${name}: write one`);
    return [`${title} ${name}`, ending, (effect: Effect) => is(effect, name)] as const;
  });
}

const but = (names: readonly string[], success: string): readonly string[] =>
  names.filter((name) => name !== success);

const kinds: readonly Kind[] = [
  ...kindsOf(
    'the error',
    engineErrors,
    errors,
    (effect, name) => effect.kind === 'caught' && effect.path.endsWith(`.${name}`),
  ),
  ...kindsOf(
    'a command',
    but(commandOutcomes, 'succeeded'),
    commands,
    (effect, name) => effect.kind === 'settled' && effect.outcome === name,
  ),
  ...kindsOf(
    'a wait',
    but(waitOutcomes, 'came'),
    waits,
    (effect, name) => effect.kind === 'waited' && effect.outcome === name,
  ),
  ...kindsOf(
    'a saga',
    but(endStatuses, 'completed'),
    ends,
    (effect, name) => effect.kind === 'finish' && effect.status === name,
  ),
  ...kindsOf(
    'an incident',
    incidentCodes,
    incidents,
    (effect, name) => effect.kind === 'incident' && effect.open && effect.code === name,
  ),
  ...kindsOf(
    'a leg',
    ['missing'],
    joins,
    (effect, name) => effect.kind === 'noted' && effect.note.what === name,
  ),
];

let metrics: Metrics;

beforeEach(async () => {
  metrics = await startMetrics('spec', {});
});

afterEach(() => metrics.stop());

/** The metrics after `effects`. */
async function counted(effects: readonly Effect[]): Promise<string> {
  metrics.saga.committed({ ...transition('', 1, { kind: 'due', now: startedAt }, []), effects });
  const page = (await metrics.page()) ?? '';
  // Every input is counted as one, whatever it did.
  return page.replaceAll(/^saga_transitions_total.*$/gm, '');
}

function linesOf({ input }: Step, effects: readonly Effect[]): readonly string[] {
  return timelineOf([{ input, effects, offset: 1 }]).map(({ text }) => text);
}

function isItsRelease(effect: Effect, of: Effect): boolean {
  return effect.kind === 'release' && of.kind === 'waited' && effect.id === of.id;
}

describe('what did not succeed', () => {
  it.each(kinds)('is told, counted and kept: %s', async (_name, ending, is) => {
    const step = played(ending).find(({ effects }) => effects.some(is))!;
    const effect = step.effects.find(is)!;
    const others = step.effects.filter((other) => other !== effect && !isItsRelease(other, effect));

    const before = await counted([]);
    const after = await counted([effect]);

    expect(after).not.toBe(before);
    const without = linesOf(step, others);
    expect(linesOf(step, step.effects).filter((line) => !without.includes(line))).not.toEqual([]);
  });
});
