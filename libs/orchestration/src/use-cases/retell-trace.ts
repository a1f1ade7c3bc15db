import { commandTopic, eventTopic, type SagaId } from '#libs/messaging';
import type { Effect, SagaInput, SagaState } from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import type { Installation } from '../installation-store.js';
import type { StoredInstance } from '../lane-store.js';
import type { OperatorStore } from '../operator-store.js';
import type { SagaTrace, SentMessage, Transition } from '../saga-trace.js';
import { historyEntries } from './read-history.js';
import { RequestError, unknownSaga } from './request-error.js';

/** What {@link RetellTrace} works on. */
export interface RetellTraceParts {
  readonly store: OperatorStore;
  readonly trace: SagaTrace;
  readonly installation: Pick<Installation, 'homeTopic' | 'group'>;
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
    const { homeTopic, group } = this.parts.installation;
    return entries.map(({ input, effects, offset, cause }) => ({
      saga: instance.id,
      facts,
      anchor: instance.trace,
      // Of a start only the input of the saga is missing, which no span tells.
      input: input as SagaInput,
      effects,
      topic: homeTopic,
      part: instance.home,
      offset,
      group,
      cause,
      trace: {},
      sent: sentBy(effects),
    }));
  }
}

function sentBy(effects: readonly Effect[]): Readonly<Record<number, SentMessage>> {
  const sent: Record<number, SentMessage> = {};
  for (const [index, effect] of effects.entries()) {
    if (effect.kind === 'open') sent[index] = { topic: commandTopic(effect.call) };
    if (effect.kind === 'tell') sent[index] = { topic: eventTopic(effect.event) };
  }
  return sent;
}
