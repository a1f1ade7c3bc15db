import { classedParts, classesOnly, type ClassedPart } from '../expression/field-classes.js';
import type { StaticType } from '../expression/static-type.js';

/** How what a command is sent and what it answers are classed. */
export interface ClassedMessage {
  readonly sent: readonly StaticType[];
  readonly answer: readonly StaticType[];
}

/**
 * How the data of a saga is classed, by block: what blocks leave behind, what commands are sent, what people are shown. Filled while the
 * blocks are compiled.
 */
export interface ClassedData {
  readonly outputs: Map<string, StaticType>;
  readonly sent: Map<string, StaticType>;
  readonly shown: Map<string, StaticType>;
  /** Of commands and their answers, by `<block>/<direction>`. */
  readonly messages: Map<string, ClassedMessage>;
}

/** Remembers how something of a block is classed, if it is. */
export function noteClasses(types: Map<string, StaticType>, block: string, type: StaticType): void {
  if (classedParts(type).length > 0) types.set(block, classesOnly(type));
}

/** The parts that are classed, by block. */
export function partsOf(
  types: ReadonlyMap<string, StaticType>,
): Readonly<Record<string, readonly ClassedPart[]>> {
  return Object.fromEntries([...types].map(([block, type]) => [block, classedParts(type)]));
}

/** Differs when more has become known that blocks may read. */
export function shapeOf({ outputs }: ClassedData): string {
  return JSON.stringify([...outputs]);
}
