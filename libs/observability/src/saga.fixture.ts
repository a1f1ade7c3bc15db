import type { DomainEvent, InboundRecord, Instant, SagaId, TraceHeaders } from '#libs/messaging';
import type { Transition } from '#libs/orchestration';
import type { AnswerInput, Effect, OpenEffect, SagaInput, SettledEffect } from '#libs/saga';

export const saga: SagaId = '0196f0a0-0000-7abc-8000-000000000001';
export const eventTrace = '0af7651916cd43dd8448eb211c80319c';
export const eventSpan = 'b7ad6b7169203331';
export const startedAt: Instant = 1_750_000_000_123;

/** The event that starts the order, sampled unless `flags` says otherwise. */
export function orderPlaced(
  trace: TraceHeaders = { traceparent: `00-${eventTrace}-${eventSpan}-01` },
): DomainEvent {
  return {
    id: 'e1',
    source: '/shop',
    type: 'shop.order.placed',
    at: startedAt - 20,
    hops: 0,
    trace,
    data: { secret: 'card' },
  };
}

export const eventRecord: InboundRecord = {
  topic: 'shop.events',
  part: 3,
  offset: 17,
  timestamp: startedAt - 10,
  key: Buffer.from('order-1'),
  value: Buffer.from('{"secret":"card"}'),
  headers: {},
};

/** A transition of the order, brought by the record at `offset` of home partition 2. */
export function transition(
  anchor: string,
  offset: number,
  input: SagaInput,
  effects: readonly Effect[],
  trace: TraceHeaders = {},
): Transition {
  const sent = Object.fromEntries(effects.map((effect, index) => [index, { topic: topicOf(effect) }]));
  const facts = { id: saga, key: 'order-1', definition: 'order-fulfilment', version: 1, startedAt, hops: 0 };
  const where = { topic: 'skald.home', part: 2, offset, group: 'skald' };
  return { saga, facts, anchor, input, effects, ...where, trace, sent };
}

function topicOf(effect: Effect): string {
  return effect.kind === 'open' ? 'inventory.commands' : 'shop.events';
}

export const started: SagaInput = {
  kind: 'start',
  now: startedAt,
  facts: { id: saga, key: 'order-1', definition: 'order-fulfilment', version: 1, startedAt, hops: 0 },
  input: { secret: 'card' },
  toggles: {},
};

export function answered(operation: string, afterMs: number, part: Partial<AnswerInput> = {}): AnswerInput {
  const now = startedAt + afterMs;
  return {
    kind: 'answer',
    now,
    operation,
    attempt: 1,
    outcome: 'succeeded',
    data: { secret: 'card' },
    ...part,
  };
}

export function opened(operation: string, part: Partial<OpenEffect> = {}): OpenEffect {
  const [block, , direction] = operation.split('/') as [string, string, OpenEffect['direction']];
  return {
    kind: 'open',
    operation,
    attempt: 1,
    block,
    direction,
    call: 'inventory.reserve',
    data: { secret: 'card' },
    ...part,
  };
}

export function settled(
  operation: string,
  afterMs: number,
  part: Partial<SettledEffect> = {},
): SettledEffect {
  const [block, , direction] = operation.split('/') as [string, string, SettledEffect['direction']];
  return {
    kind: 'settled',
    operation,
    block,
    direction,
    call: 'inventory.reserve',
    outcome: 'succeeded',
    attempts: 1,
    startedAt,
    endedAt: startedAt + afterMs,
    ...part,
  };
}
