import { isSagaId, type Clock, type Instant } from '#libs/messaging';
import { participantOf } from '#libs/saga';
import type { DefinitionStore } from '../definition-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { overAt, pauseText, type Pause, type PausedPlace } from '../pauses/pause.js';
import { RequestError, unknownDefinition, unknownSaga } from './request-error.js';

/** What somebody wants paused, or resumed. */
export interface PauseRequest extends PausedPlace {
  readonly by: string;
  readonly reason: string;
}

/** What somebody wants resumed, and how fast what was held may leave. */
export interface ResumeRequest extends PauseRequest {
  /** So many of the commands held are sent in a second, by all coordinators together. Default 50. */
  readonly perSecond?: number;
}

/** A pause and what it holds. */
export interface ShownPause extends Pause {
  readonly held: number;
  /** When everything that was held has left; absent while nobody has resumed it. */
  readonly overAt?: Instant;
}

const defaultPerSecond = 50;
const drainAtMostMs = 86_400_000;

/**
 * Pauses and resumes what is sent: to a participant, by the sagas of a definition, or by one saga.
 *
 * Every coordinator holds such commands from when it hears of it, within seconds; what the broker has by then is not
 * called back. Everything else goes on: answers, clocks, events and what people do are taken in.
 */
export class PauseWork {
  constructor(
    private readonly store: DefinitionStore,
    private readonly operators: OperatorStore,
    private readonly definitions: LoadedDefinitions,
    private readonly clock: Clock,
  ) {}

  /** Everything that is paused, or was and is being let go. */
  async list(): Promise<readonly ShownPause[]> {
    await this.definitions.refresh();
    const queues = await this.operators.pausedQueues();
    return this.definitions.paused.map((pause) => {
      const held = queues.find((each) => isSame(each, pause))?.held ?? 0;
      const end = overAt(pause);
      return { ...pause, held, ...(end === undefined ? {} : { overAt: end }) };
    });
  }

  /** @throws RequestError when there is no such thing, or it is paused already. */
  async pause(request: PauseRequest): Promise<ShownPause> {
    await this.definitions.refresh();
    await this.check(request);
    const present = this.present(request);
    if (present !== undefined && present.resumed === undefined)
      throw new RequestError(
        'INVALID_REQUEST',
        `${pauseText(request)} is paused already: by ${present.by}, ${present.reason}`,
      );
    const { kind, name, by, reason } = request;
    return this.keep({ kind, name, by, reason, at: this.clock.now() });
  }

  /** @throws RequestError when it is not paused. */
  async resume(request: ResumeRequest): Promise<ShownPause> {
    const pause = (await this.list()).find((each) => isSame(each, request));
    if (pause === undefined) throw new RequestError('INVALID_REQUEST', `${pauseText(request)} is not paused`);
    const { by, reason, perSecond = defaultPerSecond } = request;
    const drainMs = Math.min(drainAtMostMs, Math.ceil((pause.held * 1_000) / perSecond));
    const { kind, name, at } = pause;
    const resumed = { at: this.clock.now(), by, reason, drainMs };
    return this.keep({ kind, name, by: pause.by, reason: pause.reason, at, resumed });
  }

  private async keep(pause: Pause): Promise<ShownPause> {
    const { at } = pause.resumed ?? pause;
    const action = pause.resumed === undefined ? 'pause' : 'resume';
    await this.store.setPause(pause, `${action}/${pause.kind}/${pause.name}/${at}`);
    const kept = (await this.list()).find((each) => isSame(each, pause));
    return kept ?? { ...pause, held: 0, overAt: at };
  }

  private present(place: PausedPlace): Pause | undefined {
    return this.definitions.paused.find((pause) => isSame(pause, place));
  }

  private async check({ kind, name }: PausedPlace): Promise<void> {
    switch (kind) {
      case 'participant':
        return this.checkParticipant(name);
      case 'definition':
        if (this.definitions.current(name) === undefined)
          throw unknownDefinition(name, this.definitions.all());
        return;
      case 'saga':
        return this.checkSaga(name);
    }
  }

  private async checkSaga(id: string): Promise<void> {
    const saga = isSagaId(id) ? await this.operators.find(id) : undefined;
    if (saga === undefined) throw unknownSaga(id);
    if (saga.finishedAt !== undefined) throw new RequestError('INVALID_REQUEST', `saga ${id} has ended`);
  }

  private checkParticipant(name: string): void {
    const calls = this.definitions.versions().flatMap((program) => program.calls);
    const names = [...new Set(calls.map(participantOf))].sort();
    if (names.includes(name)) return;
    throw new RequestError(
      'INVALID_REQUEST',
      `no definition sends anything to a participant "${name}"; there are ${names.join(', ')}`,
    );
  }
}

function isSame(one: PausedPlace, other: PausedPlace): boolean {
  return one.kind === other.kind && one.name === other.name;
}
