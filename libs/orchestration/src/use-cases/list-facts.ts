import { deriveDeskId, type Instant, type Json, type SagaId } from '#libs/messaging';
import type { NeededFact } from '#libs/saga';
import type { FactState, Hearsay, KnownFact } from '../desks/fact-state.js';
import { hearsayTag } from '../desks/hearsay.js';
import { factKey, factKind, factOfKey } from '../desks/outside.js';
import type { StoredDesk } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { cover, maskOf } from './masking.js';
import { RequestError } from './request-error.js';
import { taggedDesks } from './tagged-desks.js';
import { wholeNumber } from './whole-number.js';

/** Which facts to list. */
export interface FactFilter {
  readonly fact?: string;
  /** Whom it is about. Absent: only facts that somebody else than their source has spoken of. */
  readonly key?: string;
  /** 1…500, default 50. */
  readonly limit?: number;
}

/** What is known of a fact about one key, and what does not count. */
export interface FactView {
  readonly fact: string;
  readonly key: string;
  /** The only source that counts, as its contract declares it; absent: all do. */
  readonly declaredSource?: string;
  /** Absent: nothing is known. */
  readonly known?: KnownFactView;
  /** What others have said; absent: nothing. */
  readonly hearsay?: { readonly count: number; readonly last: readonly HearsayView[] };
}

/** What is known of a fact. */
export interface KnownFactView {
  readonly value: Json;
  readonly asOf: Instant;
  readonly lagMs: number;
  /** Of the event that said so; absent where a saga has read it. */
  readonly source?: string;
  readonly readBy?: SagaId;
}

/** What somebody else than its source has said of a fact. */
export interface HearsayView {
  readonly value: Json;
  readonly asOf: Instant;
  readonly heardAt: Instant;
  readonly source: string;
}

/** Facts by name and key. */
export interface FactPage {
  readonly facts: readonly FactView[];
  /** There are more than are shown here. */
  readonly more: boolean;
}

const largestLimit = 500;

/** Shows what is known of a fact and a key, or lists the facts that others than their sources have spoken of. */
export class ListFacts {
  constructor(
    private readonly store: OperatorStore,
    private readonly definitions: LoadedDefinitions,
  ) {}

  /** Values that are classed are covered. @throws RequestError when the filter makes no sense. */
  async list({ fact, key, limit: asked = 50 }: FactFilter): Promise<FactPage> {
    const limit = wholeNumber('limit', asked, largestLimit);
    if (key !== undefined) return { facts: await this.one(fact, key), more: false };
    const { rows, isCut } = await taggedDesks(this.store, factKind, hearsayTag);
    const facts = rows
      .map((row) => this.shown(row))
      .filter((one) => fact === undefined || one.fact === fact)
      .toSorted((one, other) => (factKey(one.fact, one.key) < factKey(other.fact, other.key) ? -1 : 1));
    return { facts: facts.slice(0, limit), more: facts.length > limit || isCut };
  }

  private async one(fact: string | undefined, key: string): Promise<readonly FactView[]> {
    if (fact === undefined) throw new RequestError('INVALID_REQUEST', 'say which fact the key belongs to');
    const row = await this.store.findDesk(deriveDeskId(factKind, factKey(fact, key)));
    return row === undefined ? [] : [this.shown(row)];
  }

  private shown({ key: deskKey, state }: StoredDesk): FactView {
    const { fact, key } = factOfKey(deskKey);
    const contract = this.contractOf(fact);
    const { known, hearsay } = JSON.parse(state) as FactState;
    return {
      fact,
      key,
      ...(contract?.source !== undefined && { declaredSource: contract.source }),
      ...(known && { known: knownView(known, contract) }),
      ...(hearsay && {
        hearsay: { count: hearsay.count, last: hearsay.last.map((each) => hearsayView(each, contract)) },
      }),
    };
  }

  /** By the newest version of any definition that asks for it. */
  private contractOf(fact: string): NeededFact | undefined {
    return this.definitions
      .versions()
      .toSorted((one, other) => other.version - one.version)
      .flatMap(({ facts = [] }) => facts)
      .find((one) => one.fact === fact);
  }
}

function knownView(
  { value, asOf, lagMs, event, readBy }: KnownFact,
  contract: NeededFact | undefined,
): KnownFactView {
  const parts = contract === undefined ? wholly('unknown') : contract.classed;
  return {
    value: maskOf([[value, parts]]).parts(value, parts),
    asOf,
    lagMs,
    ...(event && { source: event.source }),
    ...(readBy !== undefined && { readBy }),
  };
}

/** What others say of a fact need not have its form, so it is covered as a whole where any part of it is classed. */
function hearsayView(
  { value, asOf, heardAt, event }: Hearsay,
  contract: NeededFact | undefined,
): HearsayView {
  const fieldClass = contract === undefined ? 'unknown' : contract.classed?.[0]?.fieldClass;
  const shown = fieldClass === undefined ? value : cover(fieldClass);
  return { value: shown, asOf, heardAt, source: event.source };
}

function wholly(fieldClass: string) {
  return [{ path: [], fieldClass }];
}
