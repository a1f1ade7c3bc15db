import type { JsonObject } from '#libs/saga';
import type { Chance } from './chance.js';
import type { Drawn, Spot } from './drawn.js';

/**
 * What becomes of a step when everything is undone: `compensable` by one command, `listed` by a list of blocks, `kept`
 * not at all; the pivot and what is behind it never, nor what undoes something itself.
 */
export type StepKind = 'compensable' | 'listed' | 'kept' | 'pivot' | 'retriable' | 'undoing';

/** Draws steps and remembers what they are. */
export interface RandomSteps {
  /** By the number that names step and command alike. */
  readonly kinds: ReadonlyMap<string, StepKind>;
  /** By the name of a group that is undone as a whole: the steps inside, which then need no undo of their own. */
  readonly covers: ReadonlyMap<string, readonly string[]>;
  step(spot: Pick<Spot, 'side' | 'root'>): Drawn;
  /** A step that is undone by a list in which these blocks stand as well. */
  listed(root: Spot['root'], more: readonly JsonObject[]): Drawn;
  /** `work.cover-<group>` undoes a group, of which all steps were drawn but the first `before`, its handlers' included. */
  cover(group: string, before: number): void;
  pivot(): Drawn;
  /** The contract that they are held against. */
  contract(): JsonObject;
}

const kindsBefore = ['compensable', 'compensable', 'compensable', 'listed', 'kept'] as const;

/** Begins with no steps. */
export function randomSteps(chance: Chance, name: (what: string) => string): RandomSteps {
  const kinds = new Map<string, StepKind>();
  const draw = (kind: StepKind, root: Spot['root'], undo: readonly JsonObject[] = []): Drawn => {
    const step = name('s');
    kinds.set(step, kind);
    const call = { step, call: `work.do-${step}`, with: { count: `\${ ${root}.count }` } };
    return stepOf({ kind, step, call, undo }, chance);
  };
  const covers = new Map<string, readonly string[]>();
  return {
    kinds,
    covers,
    cover: (group, before) => {
      covers.set(group, [...kinds.keys()].slice(before));
    },
    step: ({ side, root }) => draw(kindAt(side) ?? chance.pick(kindsBefore), root),
    listed: (root, more) => draw('listed', root, more),
    pivot: () => draw('pivot', 'input'),
    contract: () => contractOf([...kinds.keys()], [...covers.keys()]),
  };
}

function kindAt(side: Spot['side']): StepKind | undefined {
  if (side === 'before') return undefined;
  return side === 'behind' ? 'retriable' : 'undoing';
}

interface StepDraft {
  readonly kind: StepKind;
  readonly step: string;
  readonly call: JsonObject;
  /** What else stands in the list that undoes it, if a list does. */
  readonly undo: readonly JsonObject[];
}

function stepOf({ kind, step, call, undo }: StepDraft, chance: Chance): Drawn {
  const ifUnknown = chance.happens(0.3) ? { ifUnknown: chance.pick(['retry', 'undo', 'incident']) } : {};
  const raises = new Set(['sold-out', 'failed', 'unknown']);
  switch (kind) {
    case 'compensable':
      return {
        blocks: [{ ...call, ...ifUnknown, compensate: undoOf(step, chance) }],
        raises,
        isUndoable: true,
      };
    case 'listed': {
      const back = { step: `back${step}`, call: `work.back-${step}`, with: { count: 1 } };
      return { blocks: [{ ...call, compensate: { do: [back, ...undo] } }], raises, isUndoable: true };
    }
    case 'kept':
      return { blocks: [{ ...call, compensate: { none: 'it does no harm' } }], raises, isUndoable: false };
    case 'pivot':
      return { blocks: [{ ...call, pivot: true }], raises, isUndoable: false };
    case 'retriable':
    case 'undoing':
      return {
        blocks: [{ ...call, catch: { 'sold-out': { do: [] } } }],
        raises: new Set(),
        isUndoable: false,
      };
  }
}

function undoOf(step: string, chance: Chance): JsonObject | string {
  const call = `work.undo-${step}`;
  return chance.pick<JsonObject | string>([
    call,
    call,
    call,
    { call, coolDown: '15s' },
    { call, unless: { ask: `work.gone-${step}`, if: 'output.gone', because: 'it is gone' } },
  ]);
}

function contractOf(steps: readonly string[], groups: readonly string[]): JsonObject {
  const gone = {
    effect: 'none',
    output: { type: 'object', properties: { gone: { type: 'boolean' } }, required: ['gone'] },
  };
  const commands = steps.flatMap((name) => [
    [
      `do-${name}`,
      { rejects: ['sold-out'], undoneBy: `work.undo-${name}`, verify: `work.ask-${name}` },
    ] as const,
    [`undo-${name}`, {}] as const,
    [`back-${name}`, {}] as const,
    [`ask-${name}`, { effect: 'none' }] as const,
    [`gone-${name}`, gone] as const,
  ]);
  const covers = groups.map((group) => [`cover-${group}`, {}] as const);
  return { participant: 'work', commands: Object.fromEntries([...commands, ...covers]) };
}
