import type { Instant } from '#libs/messaging';
import { standingOf, type SagaStatus, type Standing } from '#libs/saga';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { readSaga, type ReadSaga } from '../read-saga.js';
import { assertPublished } from './assert-published.js';
import type { KeyOf } from './key-log.js';
import { maskOfSaga } from './masked-view.js';
import { RequestError } from './request-error.js';

/** What may be told to anybody who asks how far something is: the words of the definition, and no data. */
export interface ToldStatus {
  /** What is under way, by its title, else by the name of its definition. */
  readonly what: string;
  readonly key: string;
  readonly status: SagaStatus;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  /** The name that `end` gave to how it ended. */
  readonly result?: string;
  /** The stages it is at, by titles of blocks. */
  readonly stages: readonly string[];
  /** What it waits for; only where the definition has words for it. */
  readonly waitsFor: readonly ToldWait[];
  /** Somebody has to look at it before it goes on. */
  readonly needsSomebody: boolean;
}

/** Something that is waited for, in words for anybody. */
export interface ToldWait {
  readonly text: string;
  readonly since: Instant;
  /** When it goes on by itself; absent where no clock says so. */
  readonly expectedAt?: Instant;
}

/** Tells how far the newest saga of a business key is, in the words of its definition. */
export class TellStatus {
  constructor(
    private readonly store: OperatorStore,
    private readonly definitions: LoadedDefinitions,
  ) {}

  /** @throws RequestError when there is no saga of that key, or no such definition. */
  async tell({ definition, key }: KeyOf): Promise<ToldStatus> {
    const [newest] = await this.store.list({ definition, businessKey: key, limit: 1 });
    const row = newest && (await this.store.find(newest.id));
    if (row === undefined) {
      await assertPublished(definition, this.definitions);
      throw new RequestError('UNKNOWN_SAGA', `there is no ${definition} of ${key}`);
    }
    return toldStatus(readSaga(row, this.definitions));
  }
}

function toldStatus({ row, state, program }: ReadSaga): ToldStatus {
  const { definition, businessKey: key, status, startedAt, finishedAt, incident, held } = row;
  const standing = program === undefined ? [] : standingOf(program, state);
  const { result } = state.facts;
  const told: ToldStatus = {
    what: program?.title ?? definition,
    key,
    status,
    startedAt,
    ...(finishedAt === undefined ? {} : { endedAt: finishedAt }),
    ...(result === undefined ? {} : { result }),
    stages: [...new Set(standing.flatMap(({ title }) => title ?? []))],
    waitsFor: withoutRepeats(standing.flatMap(toldWait)),
    needsSomebody: incident || held,
  };
  return program?.classed === undefined ? told : maskOfSaga(state, program.classed).repeats(told);
}

function toldWait({ status, title, since, until }: Standing): readonly ToldWait[] {
  const text = status ?? title;
  if (text === undefined) return [];
  return [{ text, since, ...(until === undefined ? {} : { expectedAt: until }) }];
}

/** Several legs of a loop say the same. */
function withoutRepeats(waits: readonly ToldWait[]): readonly ToldWait[] {
  return waits.filter(
    ({ text, expectedAt }, index) =>
      waits.findIndex((other) => other.text === text && other.expectedAt === expectedAt) === index,
  );
}
