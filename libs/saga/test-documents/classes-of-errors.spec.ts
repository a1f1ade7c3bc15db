import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import type { OpenEffect } from '../src/effect.js';
import { advance } from '../src/engine/advance.js';
import type { AnswerInput, SagaInput } from '../src/input.js';
import type { Program } from '../src/program.js';
import { nextDue, type SagaState } from '../src/turn.js';

/** The one place that says how to try again, for whatever is asked in whatever way. */
const policyOf = (attempts: number, delay: string): string =>
  `namespace: shop
policies: { retry: { standard: { attempts: ${attempts}, delay: ${delay}, factor: 3, jitter: 0% } } }
defaults: { step: { retry: standard, timeout: 10s } }
`;

const saga = `saga: sort-claim
version: 1
key: input.claimId
toggles: { sorting: { default: true, title: Sort claims } }
steps:
  - step: ask
    call: sorter.sort
    toggle: sorting
    catch:
      failed: { output: {} }
      not-a-claim: { output: {} }
      unknown: { output: {} }
      invalid: { output: {} }
      switched-off: { output: {} }
  - task: check
    to: { role: clerk }
    escalate: [{ after: 1d, to: { role: lead } }]
    show: { proposal: '\${ steps.ask.output }' }
    answers: { agree: [], change: { needs: [sort] } }
`;

const command = 'effect: none, rejects: [not-a-claim]';

const transports = {
  Kafka: `participant: sorter\ncommands: { sort: { ${command} } }\n`,
  HTTP: `participant: sorter\nhttp: { base: 'https://sorter.example' }\ncommands: { sort: { ${command}, http: POST /sorts } }\n`,
  'an agent': `participant: sorter\nowner: ai\nkind: agent\nclearance: [public]\ncommands:\n  sort: { ${command}, allow: { of: data.sort, values: [car, house] }, record: [data.model] }\n`,
} as const;

type Said = Pick<AnswerInput, 'outcome'> & Partial<Pick<AnswerInput, 'error' | 'retryAfterMs'>>;

const classes = {
  transient: { outcome: 'failed', error: 'busy' },
  permanent: { outcome: 'failed', error: 'no-such-model', retryAfterMs: 'never' },
  business: { outcome: 'rejected', error: 'not-a-claim' },
  unknown: undefined,
} as const satisfies Readonly<Record<string, Said | undefined>>;

/** Second of each sending with its attempt, and the path that was taken in the end. */
const expected = {
  transient: { sent: ['0s #1', '2s #2', '8s #3'], path: 'ask.failed' },
  permanent: { sent: ['0s #1'], path: 'ask.failed' },
  business: { sent: ['0s #1'], path: 'ask.not-a-claim' },
  // The same message again, as nobody knows whether the first one had an effect.
  unknown: { sent: ['0s #1', '12s #1', '28s #1'], path: 'ask.unknown' },
} as const;

type Way = keyof typeof transports;
type ErrorClass = keyof typeof classes;

const ways = Object.keys(transports) as readonly Way[];
const names = Object.keys(classes) as readonly ErrorClass[];
const table = names.flatMap((name) => ways.map((way) => [name, way] as const));

function programOf(way: Way, policy = policyOf(3, '2s')): Program {
  const { programs, problems } = compileDefinitions([
    { file: 'namespace.yaml', text: policy },
    { file: 'saga.yaml', text: saga },
    { file: 'sorter.yaml', text: transports[way] },
  ]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

/** Lets whoever is asked always say the same, until the step is over. */
function tell(program: Program, said: Said | undefined) {
  const facts = { id: 's1', key: 'k1', definition: 'sort-claim', version: 1, startedAt: 0, hops: 0 };
  const inputs: SagaInput[] = [{ kind: 'start', now: 0, facts, input: {}, toggles: { sorting: true } }];
  const sent: string[] = [];
  const paths: string[] = [];
  let state: SagaState | undefined;
  for (let count = 0; count < 20 && paths.length === 0; count += 1) {
    const next: SagaInput = inputs.shift() ?? { kind: 'due', now: nextDue(state!)! };
    const turn = advance(program, state, next);
    state = turn.state;
    paths.push(...turn.effects.flatMap((effect) => (effect.kind === 'caught' ? [effect.path] : [])));
    for (const effect of turn.effects.filter((one): one is OpenEffect => one.kind === 'open')) {
      const { operation, attempt } = effect;
      sent.push(`${next.now / 1_000}s #${attempt}`);
      if (said !== undefined)
        inputs.push({ kind: 'answer', now: next.now, operation, attempt, data: null, ...said });
    }
  }
  return { sent, path: paths[0] };
}

describe('an error, by its class and by how the participant is reached', () => {
  it.each(table)('%s over %s takes its own path', (name, way) => {
    expect(tell(programOf(way), classes[name])).toEqual(expected[name]);
  });
});

describe('the one policy that says how to try again', () => {
  it.each(ways)('is followed by steps over %s when it is changed', (way) => {
    expect(tell(programOf(way, policyOf(2, '5s')), classes.transient).sent).toEqual(['0s #1', '5s #2']);
  });
});
