import { ROOT_CONTEXT, SpanKind, TraceFlags, type Tracer } from '@opentelemetry/api';
import { eventTopic, type TraceHeaders } from '#libs/messaging';
import type { Order } from './order.js';
import { orderPlaced } from './storefront.js';

/** Makes the span that every trace of an order begins with, and the headers that carry it on. */
export function storefrontTrace(tracer: Tracer | undefined): (order: Order) => TraceHeaders {
  if (tracer === undefined) return () => ({});
  const topic = eventTopic(orderPlaced);
  return (order) => {
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.message.id': order.orderId,
    };
    const span = tracer.startSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, attributes }, ROOT_CONTEXT);
    const { traceId, spanId, traceFlags } = span.spanContext();
    span.end();
    return { traceparent: `00-${traceId}-${spanId}-${traceFlags & TraceFlags.SAMPLED ? '01' : '00'}` };
  };
}
