import type { Json, SagaId } from '#libs/messaging';
import type { SagaState } from '#libs/saga';
import type { StoredInstance } from './lane-store.js';
import type { OperatorStore } from './operator-store.js';

/** Which saga another one is about. */
export interface Link {
  readonly definition: string;
  readonly key: string;
}

/** Finds the newest saga of a definition and key, as it stands now. */
export type FindLinked = (link: Link) => Promise<Json | undefined>;

/** Finds linked sagas among those that run and those that have ended, archived ones included. */
export function linkedSagas(store: Pick<OperatorStore, 'list' | 'find'>): FindLinked {
  return async ({ definition, key }) => {
    const [newest] = await store.list({ definition, businessKey: key, limit: 1 });
    const instance = newest && (await store.find(newest.id));
    return instance && evidenceOf(instance);
  };
}

/** The name under which a batch remembers a link. */
export function linkName({ definition, key }: Link): string {
  return `${definition}\0${key}`;
}

/** What expressions see as `linked`. */
function evidenceOf({ id, businessKey: key, definition, version, status, state }: StoredInstance): Json {
  const { input, steps, facts } = JSON.parse(state) as SagaState;
  const seen: { readonly [K in string]: unknown } & { readonly id: SagaId } = {
    id,
    key,
    definition,
    version,
    status,
    result: facts.result ?? null,
    input,
    steps,
  };
  return seen as unknown as Json;
}
