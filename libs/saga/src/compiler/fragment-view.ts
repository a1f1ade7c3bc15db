import { at, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { VisibleStep } from '../expression/place.js';
import { ANY } from '../expression/static-type.js';
import type { BlockCompiler, IncludedFragment } from './block-compiler.js';
import type { Flow } from './flow.js';
import { fragmentPlace } from './places.js';

/** What is different for the blocks of a fragment: they see its params and each other. */
export function fragmentView({
  prefix,
  params,
}: IncludedFragment): Pick<BlockCompiler, 'placeAt' | 'inputType'> {
  return {
    inputType: ANY,
    placeAt: (flow, extra) => ({
      ...fragmentPlace(ownSteps(flow, prefix), flow.isHandling, extra),
      ...(flow.locals && { locals: flow.locals }),
      ...(flow.facts && { facts: ownFacts(flow.facts, prefix) }),
      params,
    }),
  };
}

function ownSteps({ names }: Flow, prefix: string): ReadonlyMap<string, VisibleStep> {
  const own = new Map<string, VisibleStep>();
  for (const [key, step] of names)
    if (key.startsWith(prefix)) own.set(key.slice(prefix.length), { ...step, key });
  return own;
}

function ownFacts(facts: NonNullable<Flow['facts']>, prefix: string): NonNullable<Flow['facts']> {
  return new Map([...facts].filter(([, { key }]) => key.startsWith(prefix)));
}

/** Complains about a fragment that includes itself, however far around. */
export function isRecursion(include: Cursor, around: readonly string[], log: ProblemLog): boolean {
  const fragment = at(include, 'fragment')!;
  const name = String(fragment.value);
  if (!around.includes(name)) return false;
  const way = [...around.slice(around.indexOf(name)), name].join(' includes ');
  log.error(
    fragment,
    `A fragment cannot include itself: ${way}. Use \`repeat\` for what has to happen again.`,
  );
  return true;
}
