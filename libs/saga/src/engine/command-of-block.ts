import type { Program } from '../program.js';
import { chartOf } from './chart.js';

/** The command that a block sends, if it is one that sends any. */
export function commandOfBlock(program: Program, block: string): string | undefined {
  const node = chartOf(program).logged.get(block)?.node;
  return node?.kind === 'ask' && node.channel === 'command' ? node.call : undefined;
}
