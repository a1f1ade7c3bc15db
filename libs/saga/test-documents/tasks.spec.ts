import { describe, expect, it } from '@jest/globals';
import type { TaskRequest } from '../src/beside/task.js';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { blocks, saga } from '../src/definition.js';
import { parseDocuments } from '../src/document/parse-documents.js';
import { advance } from '../src/engine/advance.js';
import type { Effect } from '../src/effect.js';
import type { Json } from '../src/json.js';
import type { Program } from '../src/program.js';
import type { SagaState } from '../src/turn.js';

const NAMESPACE = `namespace: claims
defaults:
  task: { calendar: office-hours, escalate: [{ after: 1d, to: { role: head-of-claims } }] }
roles: { adjudicator: { authority: 3 }, senior-adjudicator: { authority: 3 }, head-of-claims: { authority: 4 } }
calendars:
  office-hours: { zone: Europe/Berlin, open: { mon-thu: ['09:00-12:00', '13:00-17:00'], fri: ['09:00-15:30'] }, closed: holidays/de.ics }
`;

const CLAIM = `saga: decide-claim
version: 1
key: input.claimId
steps:
  - task: adjudicate
    title: Decide claim \${ input.claimId }
    to: { role: adjudicator, authority: '\${ input.amount > 1000000 ? 4 : 3 }' }
    show: { claim: '\${ input }' }
    remind: { after: 60s, every: 4h }
    escalate:
      - { after: 60s, to: { role: senior-adjudicator } }
      - { after: 1d, to: { role: head-of-claims } }
    notBy: ['\${ input.agent }']
    answers:
      approve: []
      deny: { adverse: true, needs: [reason], do: [{ set: why, value: '\${ steps.adjudicate.output.reason }' }, { raise: claim-denied }] }
    catch:
      claim-denied: { do: [{ end: denied }] }
  - step: payClaim
    call: claims.pay
    with: { by: '\${ steps.adjudicate.output.by }', at: '\${ steps.adjudicate.output.at }' }
    pivot: true
`;

const HOLIDAYS = 'BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\n';

function compiled(
  text: string,
  files: Readonly<Record<string, string>> = { 'holidays/de.ics': HOLIDAYS },
): Program {
  const { programs, problems } = compileDefinitions(
    [{ file: 'claims.yaml', text: `${NAMESPACE}---\n${text}` }],
    files,
  );
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

/** A saga that has just started, answered where it asks people. */
function run(program: Program, input: Json, answers: readonly Json[] = []) {
  const facts = { id: 's1', key: 'k1', definition: program.definition, version: 1, startedAt: 0, hops: 0 };
  let { state, effects } = advance(program, undefined, { kind: 'start', now: 0, facts, input, toggles: {} });
  const all: Effect[] = [...effects];
  for (const data of answers) {
    const { id } = all.findLast((effect) => effect.kind === 'await')!;
    ({ state, effects } = advance(program, state, { kind: 'heard', now: 1_000, id, what: 'answered', data }));
    all.push(...effects);
  }
  return { state: state as SagaState, effects: all };
}

function requestOf(effects: readonly Effect[]): TaskRequest {
  return effects.find((effect) => effect.kind === 'await')!.request as TaskRequest;
}

const answered = { by: 'ann', at: '2026-11-20T09:00:00.000Z' };

describe('a task', () => {
  it('asks with every value evaluated', () => {
    const { effects } = run(compiled(CLAIM), { claimId: 'C-1', amount: 900, agent: 'al' });

    expect(requestOf(effects)).toEqual({
      title: 'Decide claim C-1',
      mode: 'approve',
      to: { role: 'adjudicator', authority: 3 },
      show: { claim: { claimId: 'C-1', amount: 900, agent: 'al' } },
      answers: { approve: {}, deny: { adverse: true, needs: ['reason'] } },
      remind: { after: { days: 0, ms: 60_000 }, every: { days: 0, ms: 14_400_000 } },
      escalate: [
        { after: { days: 0, ms: 60_000 }, to: { role: 'senior-adjudicator', authority: 3 } },
        { after: { days: 1, ms: 0 }, to: { role: 'head-of-claims', authority: 4 } },
      ],
      notBy: ['al'],
      roles: { adjudicator: 3, 'senior-adjudicator': 3, 'head-of-claims': 4 },
      calendar: {
        name: 'office-hours',
        zone: 'Europe/Berlin',
        open: [
          ...Array.from({ length: 4 }, () => [
            [540, 720],
            [780, 1_020],
          ]),
          [[540, 930]],
          [],
          [],
        ],
        closed: ['2026-12-25'],
      },
    });
  });

  it('asks for more authority where the definition says so', () => {
    const { effects } = run(compiled(CLAIM), { claimId: 'C-1', amount: 2_000_000, agent: 'al' });

    expect(requestOf(effects).to.authority).toBe(4);
  });

  it('goes on with the answer and who gave it', () => {
    const input = { claimId: 'C-1', amount: 900, agent: 'al' };
    const { effects } = run(compiled(CLAIM), input, [{ answer: 'approve', ...answered }]);

    expect(effects.find((effect) => effect.kind === 'open')?.data).toEqual(answered);
  });

  it('does what its answer says, and catches what that raises', () => {
    const input = { claimId: 'C-1', amount: 900, agent: 'al' };
    const { effects, state } = run(compiled(CLAIM), input, [
      { answer: 'deny', reason: 'no cover', ...answered },
    ]);

    expect(effects.find((effect) => effect.kind === 'finish')).toMatchObject({
      status: 'completed',
      result: 'denied',
    });
    expect(state.steps['why']?.output).toBe('no cover');
  });

  it('inherits escalation and calendar', () => {
    const program = compiled(`saga: find\nversion: 1\nkey: input.id\nsteps:
  - task: find
    to: { role: adjudicator }
    calendar: none
    answers: { found: { needs: [place] } }
  - set: place
    value: \${ steps.find.output.place }\n`);
    const { effects, state } = run(program, { id: 1 }, [{ answer: 'found', place: 'A7', ...answered }]);

    expect(requestOf(effects)).toMatchObject({ escalate: [{ after: { days: 0, ms: 86_400_000 } }] });
    expect(requestOf(effects).calendar).toBeUndefined();
    expect(state.steps['place']?.output).toBe('A7');
  });

  it('asks about items one by one', () => {
    const program = compiled(`saga: plan\nversion: 1\nkey: input.id\nsteps:
  - task: reviewPlan
    mode: veto
    to: { role: adjudicator }
    items: input.stops
    as: stop
    key: stop.id
    show: { street: '\${ stop.street }', plan: '\${ input.id }' }
    answers:
      release: { item: accepted }
      reject: { item: rejected, needs: [reason] }
    window: 30m
    atEnd: release
  - set: left
    value: \${ steps.reviewPlan.output.accepted.map(s, s.id) }\n`);
    const stops = [
      { id: 'A', street: 'Elm' },
      { id: 'B', street: 'Oak' },
    ];
    const heard = { accepted: [stops[0]!], rejected: [], at: answered.at };
    const { effects, state } = run(program, { id: 'P1', stops }, [heard]);

    expect(requestOf(effects)).toMatchObject({
      mode: 'veto',
      atEnd: 'release',
      window: { days: 0, ms: 1_800_000 },
      items: [
        { key: 'A', item: stops[0], show: { street: 'Elm', plan: 'P1' } },
        { key: 'B', item: stops[1], show: { street: 'Oak', plan: 'P1' } },
      ],
    });
    expect(state.steps['left']?.output).toEqual(['A']);
  });

  it('only informs', () => {
    const program = compiled(`saga: tell\nversion: 1\nkey: input.id\nsteps:
  - task: tellLead
    mode: inform
    to: { role: head-of-claims }
    show: { id: '\${ input.id }' }\n`);
    const request = requestOf(run(program, { id: 1 }).effects);

    expect(request).toMatchObject({ mode: 'inform', answers: {}, escalate: [], show: { id: 1 } });
  });

  it('is refused with holidays that cannot be read', () => {
    const files = { 'holidays/de.ics': 'BEGIN:VEVENT\nDTSTART:Christmas\nEND:VEVENT\n' };
    const { problems } = compileDefinitions([{ file: 'claims.yaml', text: NAMESPACE }], files);

    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [
        6,
        'Line 1 of "holidays/de.ics" cannot be read: an event needs a DTSTART such as DTSTART;VALUE=DATE:20261225.',
      ],
    ]);
  });

  it('is written in TypeScript as in YAML', () => {
    const built = saga('decide-claim', 1)
      .key('input.claimId')
      .task('adjudicate', {
        title: 'Decide claim ${ input.claimId }',
        to: { role: 'adjudicator', authority: '${ input.amount > 1000000 ? 4 : 3 }' },
        show: { claim: '${ input }' },
        remind: { after: '60s', every: '4h' },
        escalate: [
          { after: '60s', to: { role: 'senior-adjudicator' } },
          { after: '1d', to: { role: 'head-of-claims' } },
        ],
        notBy: ['${ input.agent }'],
        answers: {
          approve: blocks,
          deny: {
            adverse: true,
            needs: ['reason'],
            do: blocks.set('why', '${ steps.adjudicate.output.reason }').raise('claim-denied'),
          },
        },
        catch: {
          'claim-denied': { do: blocks.end('denied') },
        },
      })
      .step('payClaim', {
        call: 'claims.pay',
        with: { by: '${ steps.adjudicate.output.by }', at: '${ steps.adjudicate.output.at }' },
        pivot: true,
      });

    expect(built.toDocument()).toEqual(parseDocuments(CLAIM, 'claims.yaml').documents[0]!.data);
  });
});
