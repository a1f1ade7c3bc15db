import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SagaPage } from '../harness/coordinator-api.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand, type CommandResult } from '../harness/skald-command.js';

const payment = `participant: payment
commands:
  refund:
    input: { type: object, properties: { amount: { type: number }, paid: { type: number } } }
    rules:
      at-most-what-was-paid:
        holds: data.amount <= data.paid
        because: nobody gets more than they paid
        instead: an amount up to what was paid
`;
const adviser = `participant: adviser
kind: agent
owner: claims-team
clearance: []
commands:
  advise: { effect: none, allow: { of: data.kind, values: [full, part] }, record: [data.kind] }
---
participant: claims
events: { claims.filed: {}, claims.disputed: {} }
`;
const sagas = `namespace: claims
roles: { lead: { authority: 1 }, head: { authority: 2 } }
---
saga: advised-refund
version: 1
key: input.claimId
toggles: { advice: { default: true } }
triggers: [{ event: claims.filed }]
steps:
  - step: advise
    call: adviser.advise
    toggle: advice
    catch: { switched-off: incident, failed: incident, unknown: incident, invalid: incident }
  - step: refund
    call: payment.refund
    pivot: true
    with: { amount: '\${ steps.advise.output.amount }', paid: '\${ input.paid }' }
  - task: look
    to: { role: lead }
    show: { advice: '\${ steps.advise.output }' }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { fine: [], wrong: [] }
---
saga: decided-refund
version: 1
key: input.claimId
triggers: [{ event: claims.disputed }]
steps:
  - task: decide
    to: { role: lead }
    show: { paid: '\${ input.paid }' }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { pay: { needs: [amount] }, deny: [{ end: denied }] }
  - step: refund
    call: payment.refund
    pivot: true
    with: { amount: '\${ steps.decide.output.amount }', paid: '\${ input.paid }' }
`;

const rule =
  'payment.refund is not sent, by its rule "at-most-what-was-paid" (payment.yaml:6): nobody gets more than they ' +
  'paid; data.amount <= data.paid does not hold, and data.amount is 200, data.paid is 100. ' +
  'Allowed: an amount up to what was paid';

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  const documents = {
    'payment.yaml': payment,
    'adviser.yaml': adviser,
    'refunds.yaml': sagas,
  };
  bench = await startSagaBench({ name: 'rules-of-commands', documents });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

function skald(...args: readonly string[]): Promise<CommandResult> {
  return skaldCommand(bench.api.url, { by: 'ann', roles: ['lead'] }, ...args);
}

async function filed(claimId: string, event = 'claims.filed'): Promise<void> {
  await bench.publish(event, { claimId, paid: 100 });
}

function linesOf({ timeline }: SagaPage): readonly string[] {
  return timeline.flatMap(({ text }) => (text.includes('at-most-what-was-paid') ? [text] : []));
}

async function refunds(key: string): Promise<readonly string[]> {
  return bench.participants.done(key).filter((call) => call === 'payment.refund');
}

describe('a rule about a command, on the real broker and database', () => {
  it('keeps an agent from what it proposes', async () => {
    bench.participants.behave('adviser.advise', { succeeded: { kind: 'full', amount: 200 } }, { key: 'R-1' });
    await filed('R-1');

    const page = await bench.ended('R-1');

    expect([page.status, await refunds('R-1')]).toEqual(['compensated', []]);
    expect(linesOf(page)).toContain(`${rule} (proposed by agent adviser)`);
  });

  it('keeps a person from it who answers, and takes another answer', async () => {
    await filed('R-2', 'claims.disputed');
    const task = await bench.task('R-2');

    const { code, err } = await skald('answer', 'R-2', 'pay', '--data', '{"amount":200}');

    expect([code, err]).toEqual([1, expect.stringContaining(`${rule}. Other answers: deny`)]);
    const page = (await bench.page('R-2'))!;
    expect([page.status, await refunds('R-2')]).toEqual(['running', []]);
    expect((await skald('task', 'R-2')).out).toContain('at-most-what-was-paid');
    expect(
      await bench.until('tells of the refusal', 'R-2', (shown) => linesOf(shown).length > 0).then(linesOf),
    ).toEqual([`decide refused the answer "pay" of ann: ${rule}`]);
    expect((await skald('show', 'R-2')).out).toContain('decide refused the answer "pay" of ann');

    const more = { answer: 'pay', fields: { amount: 101 }, by: 'ann', roles: ['lead'] };
    expect(await bench.answerTask(task, more)).toMatchObject({ status: 422, body: { code: 'RULE_BROKEN' } });
    expect((await skald('answer', 'R-2', 'pay', '--data', '{"amount":90}')).code).toBe(0);
    expect((await bench.ended('R-2')).status).toBe('completed');
    expect(await refunds('R-2')).toHaveLength(1);
  });

  it('keeps a person from it who repairs, and takes another repair', async () => {
    const gone = { failed: 'away', retryAfterMs: 'never' } as const;
    bench.participants.behave('adviser.advise', gone, { key: 'R-3' });
    await filed('R-3');
    await bench.stuck('R-3');
    const repair = (result: object): Promise<CommandResult> =>
      skald('skip', 'R-3', '--result', JSON.stringify(result), '-r', 'the adviser is away');

    const [over, odd] = [
      await repair({ kind: 'full', amount: 200 }),
      await repair({ kind: 'all', amount: 1 }),
    ];

    expect([over.code, over.err]).toEqual([1, expect.stringContaining(rule)]);
    expect(odd.err).toContain('not among the values it may have: full, part');
    const page = (await bench.page('R-3'))!;
    expect([page.incident, await refunds('R-3')]).toEqual([true, []]);
    expect(linesOf(page)).toEqual([`refused (RULE_BROKEN): ${rule}`]);
    expect(page.audits).toContainEqual(
      expect.objectContaining({ action: 'skip', by: 'ann', result: 'refused', detail: rule }),
    );

    expect((await repair({ kind: 'part', amount: 60 })).code).toBe(0);
    await bench.until('is refunded', 'R-3', ({ steps }) => steps['refund']?.outcome === 'succeeded');
    expect(await refunds('R-3')).toHaveLength(1);
  });
});
