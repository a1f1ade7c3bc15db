import type { Instant, SagaId } from '#libs/messaging';
import { decideAgain, weighingText, type DecidedAgain, type DecisionNote, type Program } from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { cover } from './masking.js';
import { historyEntries } from './read-history.js';
import { RequestError, unknownSaga } from './request-error.js';

/** A decision of a saga, and what came of making it once more. Inputs and outputs are not told: they may be classed. */
export interface DecisionMadeAgain {
  readonly at: Instant;
  readonly block: string;
  readonly table: string;
  readonly version: number;
  /** Those that held. */
  readonly rules: readonly string[];
  /** Of a table that weighs: the scores and what they are about, in words; without them where they are classed. */
  readonly weighed?: string;
  readonly again: DecidedAgain;
}

/** Makes every decision of a saga once more from the snapshot that its history keeps. The saga is not touched. */
export class DecideAgain {
  constructor(
    private readonly store: Pick<OperatorStore, 'find' | 'history'>,
    private readonly definitions: Pick<LoadedDefinitions, 'programOf'>,
  ) {}

  /** Oldest first. @throws RequestError when there is no such saga, or its definition is not known here any more. */
  async decide(id: SagaId): Promise<readonly DecisionMadeAgain[]> {
    const instance = await this.store.find(id);
    if (instance === undefined) throw unknownSaga(id);
    const program = this.definitions.programOf(instance);
    if (program === undefined)
      throw new RequestError(
        'UNKNOWN_DEFINITION',
        `${instance.definition} version ${instance.version} is not published here`,
      );
    const entries = historyEntries(await this.store.history(id));
    return entries.flatMap((entry) => madeAgain(program, entry));
  }
}

function madeAgain(
  program: Program,
  { input: { now: at }, effects }: HistoryEntry,
): readonly DecisionMadeAgain[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== 'noted' || effect.note.what !== 'decided') return [];
    const { block, note } = effect;
    const { table, version, rules } = note;
    const again = decideAgain(program, block, note, at);
    return [{ at, block, table, version, rules, ...weighed(program, block, note), again }];
  });
}

function weighed(program: Program, block: string, note: DecisionNote): Pick<DecisionMadeAgain, 'weighed'> {
  if (!note.weighed) return {};
  const [classed] = program.classed?.outputs[block] ?? [];
  return { weighed: weighingText(classed === undefined ? note.output : cover(classed.fieldClass)) };
}
