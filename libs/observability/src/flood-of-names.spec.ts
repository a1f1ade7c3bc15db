import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NoParticipantTrace } from '#libs/participant';
import type { Effect } from '#libs/saga';
import { FakeClock } from '#libs/testing';
import { command } from './command.fixture.js';
import { startMetrics, type Metrics } from './metrics.js';
import { answered, eventRecord, started, transition } from './saga.fixture.js';

let metrics: Metrics;

beforeEach(async () => {
  metrics = await startMetrics('spec', {});
});

afterEach(() => metrics.stop());

interface Series {
  readonly count: number;
  readonly sum: number;
}

/** How many series a metric has, and what they add up to. */
async function seriesOf(metric: string): Promise<Series> {
  const lines = ((await metrics.page()) ?? '').split('\n').filter((line) => line.startsWith(`${metric}{`));
  const values = lines.map((line) => Number(/} (\S+)/.exec(line)?.[1]));
  return { count: lines.length, sum: values.reduce((sum, value) => sum + value, 0) };
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `name-${index + 1}`);
}

describe('a flood of names', () => {
  it('of errors that nobody catches makes 21 series a block', async () => {
    const uncaught = (block: string, error: string): Effect => ({
      kind: 'caught',
      path: `${block}.${error}`,
      error,
      block,
      isUncaught: true,
    });
    for (const block of ['chargeCard', 'arrangeShipping'])
      for (const error of names(3_000)) {
        const input = answered(`${block}/1/do`, 10);
        metrics.saga.committed(transition('', 1, input, [uncaught(block, error)]));
      }

    expect(await seriesOf('saga_exception_paths_total')).toEqual({ count: 42, sum: 6_000 });
    const page = await metrics.page();
    expect(page).toContain('saga_path="chargeCard.name-20"} 1\n');
    expect(page).toContain('saga_path="chargeCard.other"} 2980\n');
  });

  it('of commands makes 501 series', async () => {
    const trace = metrics.participant(new NoParticipantTrace(), new FakeClock());
    for (const name of names(2_000)) {
      const handling = trace.receive({ ...command, type: `payment.${name}` }, eventRecord, 'payment');
      await handling.handle(() => Promise.resolve(undefined));
      handling.unanswered();
    }

    expect(await seriesOf('saga_command_duration_count')).toEqual({ count: 501, sum: 2_000 });
    expect(await seriesOf('saga_command_under_way')).toEqual({ count: 501, sum: 0 });
  });

  it('of definitions makes no more than 2,000 series a metric, and loses nothing', async () => {
    for (const definition of names(3_000)) {
      const given = transition('', 1, started, []);
      metrics.saga.committed({ ...given, facts: { ...given.facts, definition } });
    }

    const { count, sum } = await seriesOf('saga_started_total');
    expect(count).toBeLessThanOrEqual(2_000);
    expect(sum).toBe(3_000);
    expect(await metrics.page()).toMatch(/saga_started_total\{otel_metric_overflow="true"\} \d+/);
  });

  it('of definitions makes no more than 2,000 series a gauge', async () => {
    metrics.saga.watch({
      definitions: () => names(3_000),
      participants: () => [],
      ownerOf: () => undefined,
      ownerOfParticipant: () => undefined,
      lanes: () => [],
      outbox: () => ({ messages: 0, oldestMs: 0 }),
      targets: () => [],
      census: () => Promise.reject(new Error('the store is away')),
    });

    const { count } = await seriesOf('saga_definition_info');

    expect(count).toBeGreaterThan(1_000);
    expect(count).toBeLessThanOrEqual(2_000);
  });
});
