import { nestingOfBlocks, type Nesting } from '#libs/saga';

/** What a definition has to hold: blocks of these kinds right inside of something. */
export interface Nest {
  /** A kind of block, or a key of blocks that holds some. */
  readonly outer: string;
  /** Kinds of blocks; what ends the list stands last. */
  readonly inner: readonly string[];
}

/** So many kinds stand beside each other. */
const beside = 4;
const ending = ['raise', 'end'];

/** Nests in which every kind of block stands in everything that the language lets hold it. */
export function allNests({ outer, inner }: Nesting = nestingOfBlocks()): readonly Nest[] {
  const kinds = [
    ...inner.filter((head) => !ending.includes(head)),
    ...inner.filter((head) => ending.includes(head)),
  ];
  const count = Math.ceil(kinds.length / beside);
  return outer.flatMap((each) =>
    Array.from({ length: count }, (_, nth) => ({
      outer: each,
      inner: kinds.filter((_kind, index) => index % count === nth),
    })),
  );
}

/** The nest that the definition of a seed has to hold: all of them in turn. */
export function nestOf(seed: number): Nest {
  const nests = allNests();
  return nests[seed % nests.length]!;
}

/** What is in a nest, a text for each kind. */
export function pairsOf({ outer, inner }: Nest): readonly string[] {
  return inner.map((head) => pairText(outer, head));
}

/** How a block of one kind inside another is called. */
export function pairText(outer: string, inner: string): string {
  return `${inner} in ${outer}`;
}
