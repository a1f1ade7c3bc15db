import type { Meter } from '@opentelemetry/api';
import { overridingActions, type OverridingAction } from '#libs/orchestration';
import { attribute } from './span-attributes.js';

/**
 * Counts what people decided in the place of a definition or a participant.
 *
 * It happens rarely, and the first time has to be seen as a rise: every published definition is told of from the first
 * collection on, with 0.
 */
export class OverrideCounter {
  private readonly counts = new Map<string, number>();

  constructor(private readonly meter: Meter) {}

  count(definition: string, action: OverridingAction): void {
    const name = nameOf(definition, action);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** From now on it is told whenever somebody collects. */
  watch(definitions: () => readonly string[]): void {
    const description =
      'What people decided in the place of a definition or a participant, by what they did.';
    this.meter.createObservableCounter('saga.overrides', { description }).addCallback((result) => {
      for (const definition of definitions())
        for (const action of overridingActions)
          result.observe(this.counts.get(nameOf(definition, action)) ?? 0, {
            [attribute.definition]: definition,
            'saga.action': action,
          });
    });
  }
}

function nameOf(definition: string, action: OverridingAction): string {
  return `${action} ${definition}`;
}
