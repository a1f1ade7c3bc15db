import type { SpanContext } from '@opentelemetry/api';
import type { SagaId } from '#libs/messaging';

/**
 * Which input had an undo sent, until the undo is settled.
 *
 * Kept in memory only: after a crash the bar of an undo under way lacks this one link, which the span of its command
 * still has. Bounded, because an undo may wait for a person for months.
 */
export class UndoCauses {
  private readonly causes = new Map<string, SpanContext>();

  constructor(private readonly limit = 10_000) {}

  /** Notes the cause of an undo; the first one counts. */
  note(saga: SagaId, operation: string, cause: SpanContext): void {
    const key = `${saga} ${operation}`;
    if (this.causes.has(key)) return;
    this.causes.set(key, cause);
    if (this.causes.size > this.limit) this.causes.delete(this.causes.keys().next().value!);
  }

  /** Takes the cause out; empty when it is not known. */
  take(saga: SagaId, operation: string): readonly SpanContext[] {
    const key = `${saga} ${operation}`;
    const cause = this.causes.get(key);
    this.causes.delete(key);
    return cause === undefined ? [] : [cause];
  }
}
