import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Json } from '#libs/messaging';
import type { SagaPage } from '../harness/coordinator-api.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const documents = `saga: price-claim
version: 1
key: input.claimId
timeout: 10m
triggers: [{ event: pricing.claim.received }]
toggles: { estimating: { default: true } }
steps:
  - step: register
    call: pricing.register
    with: { claimId: '\${ input.claimId }' }
    compensate: pricing.unregister
    retry: { attempts: 3, delay: 100ms }
  - step: estimate
    call: estimator.estimate
    with: { claimId: '\${ input.claimId }' }
    toggle: estimating
    catch:
      switched-off: { output: { amount: 0 } }
      failed: { output: { amount: 0 } }
      unknown: { output: { amount: 0 } }
      invalid: { output: { amount: 0 } }
  - task: approve
    to: { role: clerk }
    show: { proposal: '\${ steps.estimate.output }' }
    answers: { agree: [], refuse: [] }
    escalate: [{ after: 4h, to: { role: clerk } }]
  - wait: settle
    for: 2s
---
participant: estimator
owner: ai-platform
kind: agent
clearance: [public, internal]
commands:
  estimate:
    effect: none
    output: { type: object, properties: { amount: { type: number }, modelVersion: { type: string } } }
    allow: { of: data.amount, values: [0, 7] }
    record: [data.modelVersion]
---
participant: pricing
commands:
  register: { undoneBy: pricing.unregister }
  unregister: {}
`;

jest.setTimeout(90_000);

interface Execution {
  readonly id: string;
  readonly kind: string;
  readonly call?: string;
  readonly by?: string;
  readonly input: Json;
  readonly output?: Json;
  readonly outcome?: string;
  readonly attempts: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly log: readonly { readonly at: string; readonly text: string }[];
}

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'executions', documents });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

describe('a saga with a system, an agent, a person and a clock in it', () => {
  let page: SagaPage;
  let executions: readonly Execution[];

  beforeAll(async () => {
    let asked = 0;
    bench.participants.behave('pricing.register', () => {
      asked += 1;
      return asked === 1 ? { failed: 'busy' } : { succeeded: { file: 'F-1' } };
    });
    bench.participants.behave('estimator.estimate', { succeeded: { amount: 7, modelVersion: 'm-3' } });
    await bench.publish('pricing.claim.received', { claimId: 'C-1' });
    const task = await bench.task('C-1');
    await bench.answerTask(task, { answer: 'agree', by: 'bo', roles: ['clerk'] });
    page = await bench.ended('C-1');
    executions = (await listed(page.id)).executions;
  });

  it('tells of each by one query: input, output, attempts and times', () => {
    expect(page.status).toBe('completed');
    expect(executions).toMatchObject([
      {
        id: 'register/1/do',
        kind: 'system',
        call: 'pricing.register',
        input: { claimId: 'C-1' },
        output: { file: 'F-1' },
        outcome: 'succeeded',
        attempts: 2,
      },
      {
        id: 'estimate/1/do',
        kind: 'agent',
        call: 'estimator.estimate',
        input: { claimId: 'C-1' },
        output: { amount: 7, modelVersion: 'm-3' },
        outcome: 'succeeded',
        attempts: 1,
      },
      {
        id: 'approve/1/wait',
        kind: 'human',
        by: 'bo',
        input: { show: { proposal: { amount: 7 } } },
        output: { answer: 'agree' },
        outcome: 'came',
        attempts: 1,
      },
      { id: 'settle/1/wait', kind: 'timer', outcome: 'came', attempts: 1 },
    ]);
    const times = executions.map(({ startedAt, endedAt }) => Date.parse(endedAt!) - Date.parse(startedAt));
    expect(times.every((ms) => ms >= 0)).toBe(true);
    expect(times[3]).toBeGreaterThanOrEqual(2_000);
  });

  it('keeps a log of each, whoever carried it out', () => {
    const texts = executions.map(({ log }) => log.map(({ text }) => text).join('; '));

    expect(texts[0]).toMatch(/^sent pricing.register .*failed at attempt 1 .*attempt 2; register succeeded/u);
    expect(texts[1]).toMatch(/^sent estimator.estimate .*said .*m-3.*estimate succeeded/u);
    expect(texts[2]).toMatch(/^(?=.*opened)(?=.*answered by bo)(?=.*waits for a person's answer)/u);
    expect(texts[3]).toBe('the time had come');
  });
});

function listed(id: string): Promise<{ readonly executions: readonly Execution[] }> {
  return bench.api
    .get<{ readonly executions: readonly Execution[] }>(`/sagas/${id}/executions`)
    .then(({ body }) => body);
}
