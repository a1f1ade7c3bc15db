import type { Program } from '../program.js';
import { askSlot, chartOf, placeIn } from './chart.js';
import { blockOf } from './moment.js';

/** A block that sagas stand at. */
export interface Stage {
  readonly block: string;
  /** Its position in the definition: what comes earlier there has the smaller one. */
  readonly position: number;
}

/** The block that a node belongs to. Nothing for a listener, which is no place where a saga stands, and for strangers. */
export function stageOf(program: Program, node: string): Stage | undefined {
  const { sites } = chartOf(program);
  const site = sites.get(node);
  if (site === undefined || site.slot.startsWith(askSlot)) return undefined;
  const block = blockOf(placeIn(site, []));
  return { block, position: [...sites.keys()].indexOf(node) };
}
