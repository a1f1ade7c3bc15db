import { commandTopic, eventTopic, type SagaId } from '#libs/messaging';
import type { Effect, SagaInput, SagaState } from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import type { StoredInstance } from '../lane-store.js';
import type { OperatorStore } from '../operator-store.js';
import type { SagaTrace, Transition } from '../saga-trace.js';
import { historyEntries } from './read-history.js';
import { RequestError, unknownSaga } from './request-error.js';

/** What {@link RetellTrace} works on. */
export interface RetellTraceParts {
  readonly store: OperatorStore;
  readonly trace: SagaTrace;
  readonly homeTopic: string;
}

/**
 * Emits the trace of a saga once more, from its history: for one that was not sampled, whose spans were lost with a
 * process, or are older than what the backend keeps. It is a trace of its own, with a link to the first one; spans of
 * participants are not in it.
 */
export class RetellTrace {
  constructor(private readonly parts: RetellTraceParts) {}

  /**
   * The id of the trace. The same history is told in the same trace, span by span.
   * @throws RequestError when there is no such saga, or nothing is traced here.
   */
  async retell(id: SagaId): Promise<string> {
    const instance = await this.parts.store.find(id);
    if (instance === undefined) throw unknownSaga(id);
    const entries = historyEntries(await this.parts.store.history(id));
    const told = this.parts.trace.retold(this.transitionsOf(instance, entries));
    if (told === undefined)
      throw new RequestError(
        'INVALID_REQUEST',
        'this coordinator has no tracing: set OTEL_EXPORTER_OTLP_ENDPOINT',
      );
    return told;
  }

  private transitionsOf(instance: StoredInstance, entries: readonly HistoryEntry[]): readonly Transition[] {
    const { facts } = JSON.parse(instance.state) as SagaState;
    return entries.map(({ input, effects, offset }) => ({
      saga: instance.id,
      facts,
      anchor: instance.trace,
      // Of a start only the input of the saga is missing, which no span tells.
      input: input as SagaInput,
      effects,
      topic: this.parts.homeTopic,
      part: instance.home,
      offset,
      trace: {},
      sentTo: topicsOf(effects),
    }));
  }
}

function topicsOf(effects: readonly Effect[]): Readonly<Record<number, string>> {
  const topics: Record<number, string> = {};
  for (const [index, effect] of effects.entries()) {
    if (effect.kind === 'open') topics[index] = commandTopic(effect.call);
    if (effect.kind === 'tell') topics[index] = eventTopic(effect.event);
  }
  return topics;
}
