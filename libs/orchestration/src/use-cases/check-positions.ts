import type { SagaId } from '#libs/messaging';
import { checkSuccession, type SagaState, type Succession } from '#libs/saga';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { RequestError } from './request-error.js';

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

/** What live sagas of earlier versions could do with a version. */
export interface Positions {
  readonly definition: string;
  readonly version: number;
  readonly groups: readonly PositionGroup[];
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

  /** Against the newest version, unless another one is named. @throws RequestError when there is no such version. */
  async check(definition: string, version?: number): Promise<Positions> {
    const to =
      version === undefined
        ? this.definitions.current(definition)
        : this.definitions.program(definition, version);
    if (to === undefined)
      throw new RequestError(
        'UNKNOWN_DEFINITION',
        `there is no definition ${definition}${version === undefined ? '' : ` version ${version}`}`,
      );
    const groups = new Map<string, PositionGroup>();
    let looked = 0;
    let last: SagaId | undefined;
    for (;;) {
      const page = await this.store.live(definition, last);
      for (const { id, version: own, businessKey, state } of page) {
        const from = this.definitions.program(definition, own);
        if (own === to.version || from === undefined) continue;
        const found = checkSuccession(from, to, JSON.parse(state) as SagaState);
        const key = JSON.stringify([own, found]);
        const known = groups.get(key) ?? { version: own, ...found, count: 0, example: { id, businessKey } };
        groups.set(key, { ...known, count: known.count + 1 });
      }
      looked += page.length;
      last = page.at(-1)?.id;
      if (last === undefined || looked >= MOST) break;
    }
    return {
      definition,
      version: to.version,
      groups: [...groups.values()].toSorted((one, other) => other.count - one.count),
      looked,
      more: last !== undefined,
    };
  }
}
