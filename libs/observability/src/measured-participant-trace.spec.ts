import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NoParticipantTrace, type ParticipantTrace } from '#libs/participant';
import { FakeClock } from '#libs/testing';
import { command } from './command.fixture.js';
import { startMetrics, type Metrics } from './metrics.js';
import { eventRecord } from './saga.fixture.js';

const record = { ...eventRecord, topic: 'payment.commands' };
const done = { outcome: 'succeeded', value: '{}' } as const;

let clock: FakeClock;
let metrics: Metrics;
let trace: ParticipantTrace;

beforeEach(async () => {
  clock = new FakeClock();
  metrics = await startMetrics('spec', {});
  trace = metrics.participant(new NoParticipantTrace(), clock);
});

afterEach(() => metrics.stop());

describe('the work of a participant', () => {
  it('is measured by command and outcome', async () => {
    const handling = trace.receive(command, record, 'inventory');
    await handling.handle(() => clock.run(300));
    handling.answered(done, true).sent({ kind: 'acknowledged' });

    const page = await metrics.page();
    expect(page).toContain(
      'saga_command_duration_count{saga_command="payment.charge",saga_outcome="succeeded"} 1',
    );
    expect(page).toMatch(/saga_command_duration_bucket\{[^}]*le="0.5"\} 1/);
    expect(page).toMatch(/saga_command_duration_bucket\{[^}]*le="0.25"\} 0/);
  });

  it('counts what nobody knows the outcome of', async () => {
    const handling = trace.receive(command, record, 'inventory');
    await handling.handle(() => Promise.resolve(undefined));
    handling.unanswered();

    expect(await metrics.page()).toMatch(/saga_command_duration_count\{[^}]*saga_outcome="unknown"\} 1/);
  });

  it('is not what was answered from memory', async () => {
    trace.receive(command, record, 'inventory').answered(done, false);

    expect(await metrics.page()).not.toContain('saga_command_duration_count');
  });

  it('is under way until it is done or has failed', async () => {
    const seen: string[] = [];
    const look = async (): Promise<never> => {
      seen.push(underWay(await metrics.page()));
      throw new Error('broken');
    };

    await expect(trace.receive(command, record, 'inventory').handle(look)).rejects.toThrow('broken');

    expect([...seen, underWay(await metrics.page())]).toEqual(['1', '0']);
  });

  it('counts what was set aside', async () => {
    trace.parked({ record, reason: 'reply-refused', message: '', at: 0 });

    expect(await metrics.page()).toContain(
      'saga_records_parked_total{messaging_destination_name="payment.commands",saga_reason="reply-refused"} 1',
    );
  });
});

function underWay(page: string | undefined): string {
  return /saga_command_under_way\{saga_command="payment.charge"\} (\d+)/.exec(page ?? '')?.[1] ?? 'absent';
}
