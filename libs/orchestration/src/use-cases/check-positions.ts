import type { SagaId } from '#libs/messaging';
import { checkSuccession, type Succession } from '#libs/saga';
import { concernOf } from '../changed-document.js';
import { storedState } from '../live-saga.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { unknownVersion } from './request-error.js';

/** Sagas that stand alike, and what that means for going on by another version. */
export interface PositionGroup {
  readonly version: number;
  readonly verdict: Succession;
  /** Blocks they stand at. */
  readonly at: readonly string[];
  readonly reasons: readonly string[];
  readonly count: number;
  readonly example: { readonly id: SagaId; readonly businessKey: string };
}

/** Sagas that go on by what participants or the namespace said when they began. */
export interface KeepingGroup {
  readonly version: number;
  /** What they keep, such as `payment: commands.charge.retry`. */
  readonly kept: readonly string[];
  /** What of the same documents counts for them as it is now. */
  readonly atOnce: readonly string[];
  readonly count: number;
  readonly example: { readonly id: SagaId; readonly businessKey: string };
}

/** What live sagas of earlier versions could do with a version, and what they keep of contracts that changed. */
export interface Positions {
  readonly definition: string;
  readonly version: number;
  readonly groups: readonly PositionGroup[];
  readonly keeping: readonly KeepingGroup[];
  /** How many were looked at. */
  readonly looked: number;
  /** There are more than that. */
  readonly more: boolean;
}

/** How many sagas are looked at. */
const MOST = 5_000;

/**
 * Holds a version of a definition against the positions of its live sagas: which could go on by it, which need somebody
 * to say what is what, and which have to end by their own. Nothing is changed: sagas end by the version they began with.
 */
export class CheckPositions {
  constructor(
    private readonly store: OperatorStore,
    private readonly definitions: LoadedDefinitions,
  ) {}

  /** Definitions with a version to which the newest edition of contracts and namespace means a change. */
  concerned(): readonly string[] {
    const changes = this.definitions.newestChanges();
    const concerned = this.definitions.versions().filter((program) => {
      const { kept, atOnce } = concernOf(changes, program);
      return kept.length + atOnce.length > 0;
    });
    return [...new Set(concerned.map(({ definition }) => definition))];
  }

  /** Against the newest version, unless another one is named. @throws RequestError when there is no such version. */
  async check(definition: string, version?: number): Promise<Positions> {
    const to =
      version === undefined
        ? this.definitions.current(definition)
        : this.definitions.program(definition, version);
    if (to === undefined) throw unknownVersion(definition, version, this.definitions.versions());
    const groups = new Groups<PositionGroup>();
    const keeping = new Groups<KeepingGroup>();
    let looked = 0;
    let last: SagaId | undefined;
    for (;;) {
      const page = await this.store.live(definition, last);
      for (const saga of page) {
        const { id, version: own, businessKey } = saga;
        const state = storedState(saga);
        const from = this.definitions.programIn(state.facts.edition, definition, own);
        if (from === undefined) continue;
        const example = { id, businessKey };
        if (own !== to.version)
          groups.add({ version: own, ...checkSuccession(from, to, state), count: 1, example });
        const { kept, atOnce } = concernOf(this.definitions.changesSince(state.facts.edition), from);
        if (kept.length + atOnce.length > 0) keeping.add({ version: own, kept, atOnce, count: 1, example });
      }
      looked += page.length;
      last = page.at(-1)?.id;
      if (last === undefined || looked >= MOST) break;
    }
    return {
      definition,
      version: to.version,
      groups: groups.largestFirst(),
      keeping: keeping.largestFirst(),
      looked,
      more: last !== undefined,
    };
  }
}

/** Sagas of which the same is to be said. */
class Groups<G extends { readonly count: number; readonly example: unknown }> {
  private readonly byText = new Map<string, G>();

  add(group: G): void {
    const text = JSON.stringify({ ...group, example: undefined });
    const known = this.byText.get(text) ?? { ...group, count: 0 };
    this.byText.set(text, { ...known, count: known.count + 1 });
  }

  largestFirst(): readonly G[] {
    return [...this.byText.values()].toSorted((one, other) => other.count - one.count);
  }
}
