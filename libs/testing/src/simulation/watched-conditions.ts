import type { Program } from '#libs/saga';

type Holds = (...values: readonly unknown[]) => boolean;

/**
 * Tells `came` of each block with an `if` that is about to begin, by its name, as programs run from now on. Answers the
 * names of all that are watched.
 */
export function watchConditions(
  programs: readonly Program[],
  came: (block: string) => void,
): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const block = conditionalBlock(value);
    if (block !== undefined) {
      names.add(block.name);
      const holds = block.option.if;
      block.option.if = (...values) => {
        const isSo = holds(...values);
        if (isSo) came(block.name);
        return isSo;
      };
    }
    for (const part of Object.values(value)) visit(part);
  };
  for (const { root } of programs) visit(root);
  return names;
}

/** What the compiler makes of an `if`: a choice of one, whose id says the block, with what it is included by in front. */
function conditionalBlock(
  node: object,
): { readonly name: string; readonly option: { if: Holds } } | undefined {
  const { kind, id, cases } = node as { kind?: unknown; id?: unknown; cases?: { if: Holds }[] };
  if (kind !== 'pick' || typeof id !== 'string' || !id.endsWith(':if') || cases === undefined)
    return undefined;
  const name = id.slice(0, -':if'.length).split('.').at(-1)!;
  return { name, option: cases[0]! };
}
