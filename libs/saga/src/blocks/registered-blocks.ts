import { at, type Cursor } from '../document/cursor.js';
import type { Block } from './block.js';
import { choice } from './choice.js';
import { decide } from './decide.js';
import { emit } from './emit.js';
import { end } from './end.js';
import { forEach } from './for-each.js';
import { group } from './group.js';
import { include } from './include.js';
import { lock } from './lock.js';
import { parallel } from './parallel.js';
import { raise } from './raise.js';
import { repeat } from './repeat.js';
import { saga } from './saga.js';
import { set } from './set.js';
import { step } from './step.js';
import { task } from './task.js';
import { wait } from './wait.js';

/** Every kind of block there is. A new one is a file beside this one and a word in this list. */
export const BLOCKS_BY_HEAD: ReadonlyMap<string, Block> = new Map(
  [
    step,
    task,
    wait,
    parallel,
    forEach,
    choice,
    repeat,
    group,
    decide,
    set,
    emit,
    lock,
    saga,
    include,
    raise,
    end,
  ].map((block) => [block.head, block]),
);

/** The kind of a block that was found to be in order. */
export function blockOf(cursor: Cursor): Block {
  for (const block of BLOCKS_BY_HEAD.values()) if (at(cursor, block.head) !== undefined) return block;
  throw new Error('a block was compiled that was not checked before');
}
