import { header, type Instant, type SagaId } from '#libs/messaging';
import { participantOf } from '#libs/saga';
import type { OutgoingMessage } from '../outgoing-message.js';
import { isInForce, pauseText, type Pause, type PausedKind, type PausedPlace } from './pause.js';

/** What pauses have to know of a command. */
export interface PausableCommand {
  readonly saga: SagaId;
  readonly definition: string;
  readonly participant: string;
}

/** A command that is to be sent. */
export interface SentCommand extends PausableCommand {
  readonly call: string;
}

/** Reads it off its message. */
export function sentCommand({ saga, headers }: OutgoingMessage): SentCommand {
  const call = headers[header.type] ?? '';
  return { saga, call, participant: participantOf(call), definition: headers[header.sagaType] ?? '' };
}

/** What is paused at present, found by what it holds. Asking it costs nothing where nothing is paused. */
export class Pauses {
  private readonly byText: ReadonlyMap<string, Pause>;

  constructor(readonly all: readonly Pause[] = []) {
    this.byText = new Map(all.map((pause) => [pauseText(pause), pause]));
  }

  /** Those that hold anything. */
  inForce(now: Instant): readonly Pause[] {
    return this.all.filter((pause) => isInForce(pause, now));
  }

  /** The pause that holds a command. */
  on({ saga, participant, definition }: PausableCommand, now: Instant): Pause | undefined {
    if (this.byText.size === 0) return undefined;
    const places = [
      placed('participant', participant),
      placed('definition', definition),
      placed('saga', saga),
    ];
    return this.at(places).find((pause) => holds(pause, saga, now));
  }

  /** Those that hold whatever a saga would send. */
  ofSaga(saga: SagaId, definition: string, now: Instant): readonly Pause[] {
    const places = [placed('saga', saga), placed('definition', definition)];
    return this.at(places).filter((pause) => holds(pause, saga, now));
  }

  /** Whether what sagas of a definition would send for a call is held for as long as nobody resumes it. */
  stops(call: string, definition: string): boolean {
    const places = [placed('participant', participantOf(call)), placed('definition', definition)];
    return this.at(places).some(({ resumed }) => resumed === undefined);
  }

  private at(places: readonly PausedPlace[]): readonly Pause[] {
    return places.flatMap((place) => this.byText.get(pauseText(place)) ?? []);
  }
}

function placed(kind: PausedKind, name: string): PausedPlace {
  return { kind, name };
}

/** Whoever knows the pause computes the same: sagas are let go one by one, in the order of the random part of their ids. */
function holds({ resumed }: Pause, saga: SagaId, now: Instant): boolean {
  return resumed === undefined || now < resumed.at + resumed.drainMs * shareOf(saga);
}

/** Where a saga stands among all of them: 0…1, by what its id does not owe to time and key. */
function shareOf(saga: SagaId): number {
  return Number.parseInt(saga.slice(-8), 16) / 0x1_0000_0000;
}
