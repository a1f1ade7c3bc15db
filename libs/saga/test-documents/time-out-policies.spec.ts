import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { parseDocuments } from '../src/document/parse-documents.js';
import { formatProblem } from '../src/document/problem.js';
import { explainSaga } from '../src/explained/explain-saga.js';
import { resolveSettings } from '../src/resolved/resolve-settings.js';
import { runTests } from '../src/trial/run-tests.js';

const SHOP = `namespace: shop
calendars:
  nights: { zone: Europe/Berlin, open: { mon-sun: ['00:00-06:00', '22:00-24:00'] } }
policies:
  timeout:
    patient:
      - { during: nights, if: step.kind != 'read-only', after: 2m, accepted: 1h, because: nights are slow }
      - { if: before.step.outcome == 'silent' && before.step.took >= duration('5s'), after: 40s, because: it was too short the last time }
      - { if: before.participant.outcome == 'unknown', after: 90s, because: this participant was in doubt before }
      - { after: 10s, because: the usual }
    quick:
      - { if: step.kind == 'undo', after: 1m, because: an undo may take its time }
      - { if: step.kind == 'pivot', after: 50s, because: behind it there is no way back }
      - { if: "step.participant == 'mail' && now > timestamp('2026-01-02T00:00:00Z')", after: 7s, because: mail is fast }
      - { after: 3s, accepted: 20s, because: the usual }
defaults:
  step: { timeout: { policy: quick, accepted: 30m } }
  compensate: { timeout: { policy: quick } }
---
participant: bank
commands:
  charge: { verify: bank.status, undoneBy: bank.refund }
  refund: {}
  status: { effect: none, rejects: [not-found] }
`;

const ORDER = `saga: order
version: 1
key: input.orderId
steps:
  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
    timeout: { policy: patient }
    retry: { attempts: 3, delay: 1s, jitter: 0% }
    catch:
      unknown: { undo: true, do: [] }
  - step: charge
    call: inventory.hold
    compensate: { none: it ends by itself }
    timeout: { policy: patient, accepted: 20s }
  - step: look
    call: catalogue.look
    with: {}
    compensate: { none: it only looks }
  - step: pay
    call: bank.charge
    pivot: true
  - step: tell
    call: mail.send
    timeout: { policy: quick, after: 5s }
---
tests: order
version: 1
given: { start: { input: { orderId: o-1 }, at: 2026-01-05T12:00:00Z } }
cases:
  - test: by day it waits as usual, with what stands beside the policy before it
    then:
      outcome: completed
      waits:
        reserve: { policy: patient, after: 10s, accepted: 30m, because: the usual }
        charge: { policy: patient, after: 10s, accepted: 20s }
        look: { policy: quick, after: 3s, accepted: 30m }
        pay: { after: 50s, because: behind it there is no way back }
        tell: { after: 5s, accepted: 30m, because: mail is fast }
  - test: at night it waits longer
    given: { start: { at: 2026-01-05T22:30:00Z } }
    then: { outcome: completed, waits: { reserve: { after: 120s, accepted: 60m, because: nights are slow } } }
  - test: in the zone of the calendar a night begins at ten
    given: { start: { at: 2026-01-05T21:00:00Z } }
    then: { waits: { reserve: { because: nights are slow } } }
  - test: and not a moment before
    given: { start: { at: 2026-01-05T20:59:59Z } }
    then: { waits: { reserve: { because: the usual } } }
  - test: after a silence it waits longer
    when: { reserve: [{ silent: not-done }, { late: 30s }] }
    then: { outcome: completed, after: 41s, sent: [inventory.reserve, inventory.reserve, inventory.hold], waits: { reserve: { after: 40s, because: it was too short the last time } } }
  - test: what became of a participant before counts for its next step
    when: { reserve: silent }
    then: { waits: { charge: { after: 90s, because: this participant was in doubt before } } }
  - test: what is accepted has the time of then
    when: { reserve: { accepted: { after: 50m, succeeded: {} } } }
    given: { start: { at: 2026-01-05T22:30:00Z } }
    then: { outcome: completed, after: 50m }
  - test: a crash anywhere changes nothing
    when: { crash: at every input, reserve: [{ silent: not-done }, { late: 30s }] }
    then: { sameAs: after a silence it waits longer }
`;

const sources = [
  { file: 'shop.yaml', text: SHOP },
  { file: 'order.yaml', text: ORDER },
];

describe('time-out policies', () => {
  it('hold in their tests', () => {
    const { tests, problems } = compileDefinitions(sources);
    const cases = tests.flatMap((suite) => runTests(suite).cases);
    const failed = cases.filter(({ isPassed }) => !isPassed);

    expect(problems.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([]);
    expect(failed.map(({ name, mismatches }) => ({ name, mismatches }))).toEqual([]);
    expect(cases).toHaveLength(8);
  });
});

describe('the resolved settings of a step with a time-out policy', () => {
  const [order] = resolveSettings(sources);

  function found(block: string): readonly (readonly unknown[])[] {
    return order!.values
      .filter((value) => value.block === block && value.key.includes('timeout'))
      .map(({ key, value, from, origin }) => [key, value, from, origin]);
  }

  it('name the policy, what it says, and where', () => {
    const policy = 'policy patient of namespace shop';

    expect(
      found('reserve')
        .filter(([key]) => !String(key).startsWith('undo'))
        .slice(0, 7),
    ).toEqual([
      ['timeout.policy', 'patient', 'block', 'order.yaml:8'],
      ['timeout.policy.1.during', 'nights', policy, 'shop.yaml:7'],
      ['timeout.policy.1.if', "step.kind != 'read-only'", policy, 'shop.yaml:7'],
      ['timeout.policy.1.after', '2m', policy, 'shop.yaml:7'],
      ['timeout.policy.1.accepted', '1h', policy, 'shop.yaml:7'],
      ['timeout.policy.1.because', 'nights are slow', policy, 'shop.yaml:7'],
      [
        'timeout.policy.2.if',
        "before.step.outcome == 'silent' && before.step.took >= duration('5s')",
        policy,
        'shop.yaml:8',
      ],
    ]);
    expect(found('reserve')).toContainEqual([
      'timeout.accepted',
      '30m',
      'defaults of namespace shop',
      'shop.yaml:17',
    ]);
    expect(found('reserve')).toContainEqual([
      'undo.timeout.policy',
      'quick',
      'defaults of namespace shop',
      'shop.yaml:18',
    ]);
  });

  it('name a time that stands beside it', () => {
    expect(found('charge').at(-1)).toEqual(['timeout.accepted', '20s', 'block', 'order.yaml:15']);
  });

  it('leave the policy out where nothing is left to it', () => {
    const own = ORDER.replace('{ policy: patient, accepted: 20s }', '{ after: 4s, accepted: 20s }');
    const [saga] = resolveSettings([sources[0]!, { file: 'order.yaml', text: own }]);
    const keys = saga!.values.flatMap(({ block, key }) =>
      block === 'charge' && key.startsWith('timeout') ? [key] : [],
    );

    expect(keys).toEqual(['timeout.after', 'timeout.accepted']);
  });
});

describe('the explanation of a step with a time-out policy', () => {
  it('says how long it waits when, and why', () => {
    const documents = sources.flatMap(({ text, file }) => parseDocuments(text, file).documents);
    const lines = explainSaga(
      documents.find(({ data }) => 'saga' in data)!,
      documents,
    );
    const first = lines.findIndex((line) => line.includes('said by the policy patient'));

    expect(lines.slice(first - 1, first + 5).map((line) => line.trim())).toEqual([
      '1. reserve: asks inventory to reserve.',
      'How long it waits for an answer is said by the policy patient:',
      "during nights and if step.kind != 'read-only': 2m, 1h once it is accepted, because nights are slow.",
      "if before.step.outcome == 'silent' && before.step.took >= duration('5s'): 40s, because it was too short the last time.",
      "if before.participant.outcome == 'unknown': 90s, because this participant was in doubt before.",
      'otherwise: 10s, because the usual.',
    ]);
    expect(lines.filter((line) => line.includes('said by the policy'))).toHaveLength(5);
  });
});
