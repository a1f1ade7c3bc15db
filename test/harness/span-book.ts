import { isDeepStrictEqual } from 'node:util';
import type { ReceivedSpan } from '#libs/testing';

/** What was exported, each span once, by trace. */
export class SpanBook {
  readonly spans: readonly ReceivedSpan[];
  /** Span ids that were exported with different contents, in words. */
  readonly contradictions: readonly string[];
  /** Names of spans that were exported more than once. */
  readonly recurring: readonly string[];
  readonly traces: readonly SpanTrace[];

  constructor(received: readonly ReceivedSpan[]) {
    const byId = new Map<string, ReceivedSpan>();
    const contradictions: string[] = [];
    const recurring: string[] = [];
    for (const span of received) {
      const id = `${span.traceId}/${span.spanId}`;
      const known = byId.get(id);
      if (known === undefined) byId.set(id, span);
      else recurring.push(span.name);
      if (known !== undefined && !isDeepStrictEqual(known, span)) contradictions.push(`${span.name} ${id}`);
    }
    this.spans = [...byId.values()];
    this.contradictions = contradictions;
    this.recurring = recurring;
    const byTrace = new Map<string, ReceivedSpan[]>();
    for (const span of this.spans) {
      const trace = byTrace.get(span.traceId);
      if (trace === undefined) byTrace.set(span.traceId, [span]);
      else trace.push(span);
    }
    this.traces = [...byTrace.values()].map((spans) => new SpanTrace(spans));
  }

  /** How many sagas have their closing bar. */
  get closedSagas(): number {
    return this.traces.filter((trace) => trace.isClosed).length;
  }

  /** The trace of a saga. @throws Error when there is none. */
  traceOf(saga: string): SpanTrace {
    const found = this.traces.find((trace) => trace.saga === saga);
    if (found === undefined) throw new Error(`no span was exported of saga ${saga}`);
    return found;
  }

  /** The saga that a trace is about. @throws Error when it is about none. */
  sagaOfTrace(traceId: string): string {
    const saga = this.traces.find((trace) => trace.spans[0]!.traceId === traceId)?.saga;
    if (saga === undefined) throw new Error(`the trace ${traceId} is not about a saga`);
    return saga;
  }
}

/** The spans of one trace. */
export class SpanTrace {
  constructor(readonly spans: readonly ReceivedSpan[]) {}

  get saga(): string | undefined {
    const span = this.spans.find(({ attributes }) => attributes['saga.id'] !== undefined);
    return span === undefined ? undefined : String(span.attributes['saga.id']);
  }

  get roots(): readonly ReceivedSpan[] {
    return this.spans.filter((span) => span.parentSpanId === undefined);
  }

  /** Names of spans whose parent was not exported. */
  get orphans(): readonly string[] {
    const ids = new Set(this.spans.map((span) => span.spanId));
    return this.spans
      .filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId))
      .map((span) => `${span.name} of ${span.service}`);
  }

  /** Whether the closing bar is there: the saga's own name and how it ended. */
  get isClosed(): boolean {
    return this.spans.some((span) => /^saga \S+ (completed|compensated|cancelled)$/.test(span.name));
  }

  /** Spans by name, by their beginning. */
  named(name: string): readonly ReceivedSpan[] {
    return this.spans.filter((span) => span.name === name).sort(byStart);
  }

  /** The trace as indented lines, children by their beginning. */
  tree(): readonly string[] {
    return this.roots.flatMap((root) => this.below(root, 0));
  }

  private below(span: ReceivedSpan, depth: number): readonly string[] {
    const children = this.spans.filter(({ parentSpanId }) => parentSpanId === span.spanId).sort(byStart);
    const line = `${'  '.repeat(depth)}${span.name} (${span.kind}, ${span.service})`;
    return [line, ...children.flatMap((child) => this.below(child, depth + 1))];
  }
}

/** Of what begins at the same time the shorter one comes first. */
function byStart(one: ReceivedSpan, other: ReceivedSpan): number {
  return compared(one.start, other.start) || compared(one.end, other.end);
}

function compared(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
