import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Census, Gauges } from '#libs/orchestration';
import type { Effect, SagaInput } from '#libs/saga';
import { startMetrics, wantsMetrics, type Metrics } from './metrics.js';
import { answered, saga, started, startedAt, transition } from './saga.fixture.js';

let metrics: Metrics;

beforeEach(async () => {
  metrics = await startMetrics('spec', {});
});

afterEach(() => metrics.stop());

const charged: Effect = {
  kind: 'settled',
  operation: 'chargeCard/1/do',
  block: 'chargeCard',
  direction: 'do',
  call: 'payment.charge',
  outcome: 'succeeded',
  attempts: 3,
  startedAt,
  endedAt: startedAt + 1_500,
};

describe('metrics of a saga', () => {
  it('count what began, was tried again and ended', async () => {
    metrics.saga.committed(transition('', 1, started, []));
    metrics.saga.committed(transition('', 2, answered('chargeCard/1/do', 1_500), [charged]));
    metrics.saga.committed(
      transition('', 3, answered('arrangeShipping/1/do', 3_000), [{ kind: 'finish', status: 'completed' }]),
    );

    const page = await pageOf(metrics);

    expect(page).toContain('saga_started_total{saga_definition="order-fulfilment",saga_version="1"} 1');
    expect(page).toContain(
      'saga_step_retries_total{saga_definition="order-fulfilment",saga_step="chargeCard",saga_direction="do"} 2',
    );
    expect(page).toMatch(/saga_finished_total\{[^}]*saga_outcome="completed"[^}]*\} 1/);
    expect(page).toMatch(/saga_duration_bucket\{[^}]*le="5"\} 1/);
    expect(page).toMatch(/saga_duration_bucket\{[^}]*le="2.5"\} 0/);
  });

  it('tell progress from activity', async () => {
    const again: Effect = {
      kind: 'open',
      operation: 'chargeCard/1/do',
      attempt: 2,
      block: 'chargeCard',
      direction: 'do',
      call: 'payment.charge',
      data: {},
    };
    metrics.saga.committed(transition('', 1, started, []));
    for (const revision of [2, 3])
      metrics.saga.committed(transition('', revision, answered('chargeCard/1/do', 1_000), [again]));
    metrics.saga.committed(transition('', 4, answered('chargeCard/1/do', 1_500), [charged]));

    const page = await pageOf(metrics);

    expect(page).toMatch(/saga_transitions_total\{[^}]*saga_outcome="advanced"[^}]*\} 2\n/);
    expect(page).toMatch(/saga_transitions_total\{[^}]*saga_outcome="in-vain"[^}]*\} 2\n/);
  });

  it('tell what was taken in from outside from what own commands caused', async () => {
    metrics.saga.tookIn('order', 'outside', 3);
    metrics.saga.tookIn('order', 'command', 2);

    const page = await pageOf(metrics);

    expect(page).toContain('saga_intake_total{saga_definition="order",saga_cause="outside"} 3');
    expect(page).toContain('saga_intake_total{saga_definition="order",saga_cause="command"} 2');
  });

  it('tell how often what was known of a fact was fresh enough', async () => {
    const fact = (what: string, data: object) =>
      ({ kind: 'heard', now: startedAt, id: 'stock/1/wait', what, data }) as SagaInput;
    const waited: Effect = {
      kind: 'waited',
      id: 'stock/1/wait',
      channel: 'fact',
      block: 'stock',
      outcome: 'came',
      startedAt,
      endedAt: startedAt,
    };
    for (const input of [fact('fact', { value: 1, kept: true }), fact('fact', { value: 1, kept: true })])
      metrics.saga.committed(transition('', 1, input, [waited]));
    metrics.saga.committed(transition('', 1, fact('fact', { value: 2 }), [waited]));
    metrics.saga.committed(transition('', 1, fact('fact', { value: 2, readBy: 's-2' }), [waited]));
    metrics.saga.committed(transition('', 1, fact('stale', {}), [{ ...waited, outcome: 'failed' }]));
    metrics.saga.hearsay('wms.stock');
    metrics.saga.askedFor({ definition: 'order', step: 'shop.order.placed.stock', outcome: 'kept' });
    const given = { kind: 'due', now: startedAt } as const;
    metrics.saga.committed(transition('', 1, given, [{ ...waited, outcome: 'withdrawn' }]));

    const page = await pageOf(metrics);

    expect(page).toMatch(/saga_facts_hearsay_total\{[^}]*saga_fact="wms.stock"[^}]*\} 1/);
    expect(page).toMatch(/saga_facts_total\{[^}]*"shop.order.placed.stock",saga_outcome="kept"\} 1/);
    const counts = [
      ...page.matchAll(/saga_facts_total\{[^}]*saga_step="stock",saga_outcome="(\w+)"\} (\d)/g),
    ];
    expect(counts.map(([, outcome, count]) => `${outcome} ${count}`)).toEqual([
      'kept 2',
      'waited 1',
      'read 1',
      'stale 1',
    ]);
  });

  it('tell whether it ended in time', async () => {
    const target = { share: 0.95, withinMs: 2_000 };
    const end: Effect = { kind: 'finish', status: 'completed' };
    for (const ms of [1_000, 2_000, 2_001])
      metrics.saga.committed({ ...transition('', 3, answered('chargeCard/1/do', ms), [end]), target });

    const page = await pageOf(metrics);

    expect(page).toContain('saga_targets_total{saga_definition="order-fulfilment",saga_outcome="met"} 2');
    expect(page).toContain('saga_targets_total{saga_definition="order-fulfilment",saga_outcome="missed"} 1');
  });

  it('count as undone only what was undone', async () => {
    const undo = { ...charged, direction: 'undo', attempts: 1 } as const;
    metrics.saga.committed(transition('', 1, started, [undo, { ...undo, outcome: 'skipped' }]));

    const page = await pageOf(metrics);
    expect(page).toMatch(/saga_compensations_total\{[^}]*\} 1\n/);
    expect(page).toMatch(/saga_compensations_skipped_total\{[^}]*\} 1\n/);
  });

  it('count what a late success kept from being undone', async () => {
    const withdrawn: Effect = {
      kind: 'noted',
      block: 'chargeCard',
      note: { what: 'plan-withdrawn', undos: 2 },
    };
    for (const revision of [1, 2])
      metrics.saga.committed(
        transition('', revision, answered('chargeCard/1/do', 1_500), [charged, withdrawn]),
      );

    const page = await pageOf(metrics);
    expect(page).toContain(
      'saga_compensations_withdrawn_total{saga_definition="order-fulfilment",saga_step="chargeCard"} 4\n',
    );
    expect(page).not.toMatch(/saga_compensations_total\{/);
  });

  it('count answers that are not what the contract says', async () => {
    const drifted: Effect = {
      kind: 'noted',
      block: 'chargeCard',
      note: { what: 'drifted', call: 'payment.charge', problems: ['/amount must be a number'] },
    };
    metrics.saga.committed(transition('', 1, answered('chargeCard/1/do', 1_500), [drifted]));

    expect(await pageOf(metrics)).toContain(
      'saga_answers_drifted_total{saga_definition="order-fulfilment",saga_command="payment.charge"} 1\n',
    );
  });

  it('hold nothing that an instance is known by', async () => {
    metrics.saga.committed(transition('', 1, started, [charged, { kind: 'finish', status: 'completed' }]));

    const page = await pageOf(metrics);

    expect(page).toContain('order-fulfilment');
    for (const secret of [saga, 'order-1', 'card"']) expect(page).not.toContain(secret);
  });
});

describe('what people decide in the place of a definition', () => {
  const by = { kind: 'action', now: startedAt, by: 'ann' } as const;

  it('is counted by what they did, from nothing', async () => {
    metrics.saga.watch(new CountingGauges());
    const skipped = transition('', 2, { ...by, action: { kind: 'skip', output: null } }, []);
    metrics.saga.committed({ ...skipped, facts: { ...skipped.facts, definition: 'order' } });

    const page = await pageOf(metrics);

    expect(page).toContain('saga_overrides_total{saga_definition="order",saga_action="skip"} 1');
    expect(page).toContain('saga_overrides_total{saga_definition="order",saga_action="cancel"} 0');
    expect(page).toContain('saga_overrides_total{saga_definition="labels",saga_action="fix"} 0');
  });
});

describe('commits that others came before', () => {
  it('are counted from nothing, by what was in the way', async () => {
    metrics.saga.conflicted('revision');

    const page = await pageOf(metrics);

    expect(page).toContain('saga_cycle_conflicts_total{saga_kind="start"} 0');
    expect(page).toContain('saga_cycle_conflicts_total{saga_kind="revision"} 1');
  });
});

describe('gauges', () => {
  it('ask the store once a collection', async () => {
    const gauges = new CountingGauges();
    metrics.saga.watch(gauges);

    const page = await pageOf(metrics);

    expect(gauges.asked).toBe(1);
    expect(page).toContain('saga_live{saga_definition="order",saga_owner="sales",saga_status="running"} 3');
    expect(page).toContain(
      'saga_live_oldest_age{saga_definition="order",saga_owner="sales",saga_status="running"} 60',
    );
    expect(page).toContain('saga_tasks_open{saga_definition="order",saga_step="approve"} 5');
    expect(page).toContain(
      'saga_incidents_open{saga_definition="order",saga_owner="sales",saga_code="UNCAUGHT"} 2',
    );
    expect(page).toContain('saga_incidents_open{saga_code="LANE_HALTED"} 1');
    expect(page).toContain('saga_stalled{saga_definition="order",saga_owner="sales"} 6');
    const inventory =
      '{saga_paused_kind="participant",saga_paused_name="inventory",saga_owner="inventory-team"}';
    expect(page).toContain(`saga_pause_held${inventory} 4`);
    expect(page).toContain(`saga_pause_age${inventory} 8`);
    expect(page).not.toContain('saga_paused_kind="saga"');
    expect(page).toContain('saga_limit_waiting{saga_limit="identity.check",saga_owner="identity-team"} 9');
    expect(page).toContain('saga_limit_oldest_age{saga_limit="identity.check",saga_owner="identity-team"} 3');
    expect(page).toContain('saga_definition_info{saga_definition="order",saga_owner="sales"} 1');
    expect(page).toContain('saga_definition_info{saga_definition="labels"} 1');
    expect(page).toContain('saga_participant_info{saga_participant="shop",saga_owner="shop-team"} 1');
    expect(page).toContain('saga_participant_info{saga_participant="printer"} 1');
    expect(page).toContain('saga_target_share{saga_definition="order"} 0.95');
    expect(page).toContain(
      'saga_lane_lag{messaging_destination_name="skald.home",messaging_destination_partition_id="2"} 7',
    );
    expect(page).toContain(
      'saga_lane_queued{messaging_destination_name="skald.home",messaging_destination_partition_id="2"} 3',
    );
  });

  it('tell whose record was set aside: of the saga, or of the event', async () => {
    metrics.saga.watch(new CountingGauges());

    const page = await pageOf(metrics);

    const home = 'messaging_destination_name="skald.home"';
    expect(page).toContain(`saga_parked{${home},saga_definition="order",saga_owner="sales"} 3`);
    expect(page).toContain(`saga_parked{${home}} 2`);
    expect(page).toContain('saga_parked{messaging_destination_name="shop.events",saga_owner="shop-team"} 1');
  });

  it('are 0 when what they told of is gone', async () => {
    const gauges = new CountingGauges();
    metrics.saga.watch(gauges);
    await pageOf(metrics);
    gauges.isQuiet = true;

    const page = await pageOf(metrics);

    expect(page).toContain('saga_incidents_open{saga_code="LANE_HALTED"} 0');
    expect(page).toContain('saga_lanes_held 0');
    expect(page).toMatch(/saga_lane_lag\{[^}]*\} 0/);
  });

  it('say 1 of who owns a definition now, and 0 of who did', async () => {
    const gauges = new CountingGauges();
    metrics.saga.watch(gauges);
    await pageOf(metrics);
    gauges.owner = 'billing';

    const page = await pageOf(metrics);

    expect(page).toContain('saga_definition_info{saga_definition="order",saga_owner="sales"} 0');
    expect(page).toContain('saga_definition_info{saga_definition="order",saga_owner="billing"} 1');
  });

  it('are left out while the store is away', async () => {
    const gauges = new CountingGauges();
    gauges.isAway = true;
    metrics.saga.watch(gauges);

    const page = await pageOf(metrics);

    expect(page).not.toContain('saga_live{');
    expect(page).toContain('saga_outbox_unsent 4');
  });
});

describe('whether metrics are kept', () => {
  it.each([
    ['nothing is said', {}, true],
    ['the exporter is none', { OTEL_METRICS_EXPORTER: 'none' }, false],
    ['the SDK is disabled', { OTEL_SDK_DISABLED: 'true' }, false],
  ])('follows the standard variables: %s', async (_, env, wanted) => {
    const kept = await startMetrics('spec', env);

    expect([wantsMetrics(env), (await kept.page()) !== undefined]).toEqual([wanted, wanted]);
    await kept.stop();
  });
});

class CountingGauges implements Gauges {
  asked = 0;
  isAway = false;
  isQuiet = false;
  owner = 'sales';

  async census(): Promise<Census> {
    this.asked += 1;
    if (this.isAway) throw new Error('away');
    return {
      live: [{ definition: 'order', status: 'running', count: 3, oldestMs: 60_000 }],
      incidents: this.isQuiet
        ? []
        : [
            { definition: 'order', code: 'UNCAUGHT', count: 2, oldestMs: 1_000 },
            { definition: '', code: 'LANE_HALTED', count: 1, oldestMs: 0 },
          ],
      stalled: [{ definition: 'order', count: 6 }],
      parked: [
        { topic: 'skald.home', definition: 'order', count: 3 },
        { topic: 'skald.home', definition: '', count: 2 },
        { topic: 'shop.events', definition: '', count: 1 },
      ],
      tasks: [{ definition: 'order', block: 'approve', count: 5, oldestMs: 90_000 }],
      limits: [{ limit: 'identity.check', count: 9, oldestMs: 3_000 }],
      paused: [
        { kind: 'participant', name: 'inventory', held: 4, forMs: 8_000 },
        { kind: 'saga', name: 's1', held: 1, forMs: 1_000 },
      ],
      timerLatenessMs: 0,
    };
  }

  definitions() {
    return ['order', 'labels'];
  }

  ownerOf(definition: string) {
    return definition === 'order' ? this.owner : undefined;
  }

  participants() {
    return ['shop', 'printer'];
  }

  ownerOfParticipant(name: string) {
    return ['shop', 'identity', 'inventory'].includes(name) ? `${name}-team` : undefined;
  }

  lanes() {
    return this.isQuiet ? [] : [{ topic: 'skald.home', part: 2, queued: 3, lag: 7 }];
  }

  targets() {
    return [{ definition: 'order', share: 0.95, withinMs: 600_000 }];
  }

  outbox() {
    return { messages: 4, oldestMs: 2_000 };
  }
}

async function pageOf(kept: Metrics): Promise<string> {
  return (await kept.page()) ?? '';
}
