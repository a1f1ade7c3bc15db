import { at, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { NUMBER, STRING } from '../expression/static-type.js';
import type { ParNode } from '../node.js';
import { FLAG, SHARE, oneOf, wholeNumber } from '../shape/scalar-shapes.js';
import type { Fields, Shape } from '../shape/shape.js';
import type { Block } from './block.js';

const JOIN: Shape = {
  schema: { anyOf: [{ enum: ['all', 'any'] }, { type: 'integer', minimum: 1 }] },
  check: (cursor, checker) =>
    (typeof cursor.value === 'number' ? wholeNumber(1) : oneOf('all', 'any')).check(cursor, checker),
};

const TOLERATED: Shape = {
  schema: { anyOf: [{ type: 'integer', minimum: 1 }, SHARE.schema] },
  check: (cursor, checker) =>
    (typeof cursor.value === 'number' ? wholeNumber(1) : SHARE).check(cursor, checker),
};

/** What blocks say that do several things beside each other. */
export const JOIN_FIELDS: Fields = {
  join: {
    shape: JOIN,
    doc: 'How many have to succeed: `all` (if nothing is said), `any`, or a number. A list with fewer items raises `incomplete`.',
  },
  tolerate: {
    shape: TOLERATED,
    doc: 'How many may be missing all the same: a number, or a share such as 10%.',
  },
  failFast: { shape: FLAG, doc: 'Decide as soon as too many are missing, and stop the others.' },
  rest: {
    shape: oneOf('stop', 'finish'),
    doc: 'What becomes of those that do not count: stopped and undone (`stop`), or finished and kept.',
  },
};

/** What the result of a join has beside what every result has. */
export const JOIN_RESULT = {
  completeness: NUMBER,
  missing: { kind: 'list', of: STRING },
} as const satisfies NonNullable<Block['more']>;

/** How a join is to decide. */
export type JoinPolicy = Pick<ParNode, 'join' | 'tolerate' | 'failFast' | 'rest'>;

/** Reads how a join is to decide. */
export function joinPolicy(block: Cursor): JoinPolicy {
  const tolerate = at(block, 'tolerate')?.value;
  const rest = at(block, 'rest')?.value as ParNode['rest'];
  return {
    join: (at(block, 'join')?.value ?? 'all') as ParNode['join'],
    ...(typeof tolerate === 'number' && { tolerate }),
    ...(typeof tolerate === 'string' && { tolerate: { share: Number.parseFloat(tolerate) / 100 } }),
    ...(at(block, 'failFast')?.value === true && { failFast: true }),
    ...(rest !== undefined && { rest }),
  };
}

/** Whether nothing is ever missed: legs that fail are no error. `count`: how many there are, where that is known. */
export function toleratesAll({ join, tolerate }: JoinPolicy, count?: number): boolean {
  if (join !== 'all' || tolerate === undefined) return false;
  return typeof tolerate === 'number' ? tolerate === count : tolerate.share === 1;
}

/** Whether every leg has succeeded behind the join. */
export function needsAll({ join, tolerate }: JoinPolicy): boolean {
  return join === 'all' && tolerate === undefined;
}

/** Complains about keys of a join that do not go together. */
export function checkJoin(block: Cursor, log: ProblemLog): void {
  const { join, tolerate, failFast, rest } = joinPolicy(block);
  if (tolerate !== undefined && join !== 'all')
    log.errorAtKey(
      at(block, 'tolerate')!,
      `\`join: ${join}\` says already how many are needed. Keep one of \`join\` and \`tolerate\`.`,
    );
  if (rest === 'finish' && failFast === true)
    log.errorAtKey(
      at(block, 'rest')!,
      '`failFast` stops the others, and `rest: finish` lets them finish. Keep one of them.',
    );
  else if (
    rest !== undefined &&
    needsAll({ join, ...(tolerate !== undefined && { tolerate }) }) &&
    failFast !== true
  )
    log.errorAtKey(
      at(block, 'rest')!,
      'All of them are needed here, so none is left over. Leave `rest` out, or say `join` or `tolerate`.',
    );
}

/** Complains about numbers that no join of so many branches can reach. */
export function checkJoinCount(block: Cursor, count: number, log: ProblemLog): void {
  for (const key of ['join', 'tolerate']) {
    const said = at(block, key);
    if (typeof said?.value !== 'number' || said.value <= count) continue;
    const branches = count === 1 ? 'is only one branch' : `are only ${count} branches`;
    log.error(said, `There ${branches}. Write a number up to ${count}.`);
  }
}
