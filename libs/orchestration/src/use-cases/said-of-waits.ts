import { standingOf, type Program, type SagaState } from '#libs/saga';

/** What a definition says for people about the block that something waits at. */
export interface SaidOfWait {
  readonly title?: string;
  readonly status?: string;
  readonly owner?: string;
}

/** Adds what the definition says for people to what is waited for. */
export function withWords<T extends { readonly block?: string }>(
  waits: readonly T[],
  program: Program | undefined,
  state: SagaState,
): readonly (T & SaidOfWait)[] {
  if (program?.words === undefined) return waits;
  const standing = standingOf(program, state);
  return waits.map((wait) => {
    const { title, status, owner } = standing.find(({ block }) => block === wait.block) ?? {};
    return {
      ...wait,
      ...(title !== undefined && { title }),
      ...(status !== undefined && { status }),
      ...(owner !== undefined && { owner }),
    };
  });
}
