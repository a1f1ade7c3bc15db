import { taskAnswers, taskRequest } from '../compiler/task-request.js';
import { noteClasses } from '../compiler/classed-data.js';
import { bareExpression } from '../compiler/expressions.js';
import { joined, withName, type Compiled, type Flow } from '../compiler/flow.js';
import { at, entriesOf, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import { classesOf, withClasses } from '../expression/field-classes.js';
import { ANY, NULL, STRING, type RecordType, type StaticType } from '../expression/static-type.js';
import { camelCase } from '../shape/scalar-shapes.js';
import { isMap } from '../document/cursor.js';
import type { Expression } from '../scope-values.js';
import type { TaskAsk } from '../wait-node.js';
import type { Block, BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';
import { checkTask } from './check-task.js';
import { TASK_FIELDS } from './task-shapes.js';

/** Fields that every answer may have, in words of whoever gives it. */
const FREE_TEXTS: readonly string[] = ['reason', 'comment'];

const INSTANT_TEXT: StaticType = { kind: 'timestamp', stored: 'text' };

/** Asks people, and goes on with what one of them answers. */
export const task: Block = {
  head: 'task',
  doc: 'Asks people, and goes on with what one of them answers.',
  example:
    '{ task: approve, to: { role: clerk }, answers: { approve: [], deny: [{ raise: not-approved }] }, escalate: [{ after: 1d, to: { role: lead } }] }',
  name: camelCase('the name of a block'),
  isNamed: true,
  hasOwnTimeout: true,
  fields: TASK_FIELDS,
  bodies: (block) => answersOf(block).flatMap(([, answer]) => doOf(answer)),
  check: (block, { log }) => checkTask(block, log),
  compile: compileTask,
};

function compileTask({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const ask: TaskAsk = {
    kind: 'ask',
    channel: 'task',
    id,
    block: name,
    request: taskRequest(cursor, name, flow, compiler),
    answers: taskAnswers(cursor),
  };
  const items = at(cursor, 'items');
  const listed =
    items === undefined ? undefined : bareExpression(items, compiler.placeAt(flow), compiler.log);
  const output = withClasses(
    outputOf(cursor, compiler.people(cursor.document).notes),
    classesOf(listed?.type ?? ANY),
  );
  noteClasses(compiler.classed.shown, name, shownType(cursor, listed?.type, flow, compiler));
  const answered = withName(flow, name, output);
  const raises = [{ error: 'invalid', kind: 'engine', pivot: flow.pivot, block: name, cursor } as const];
  const ways = answersOf(cursor).flatMap(([answer, written]) => {
    const blocks = doOf(written);
    if (blocks.every((list) => itemsOf(list).length === 0)) return [];
    const inside: Flow = { ...answered, inside: name };
    return [{ answer, compiled: compiler.compileList(blocks[0], `${id}.${answer}`, inside) }];
  });
  if (ways.length === 0) return { node: ask, after: answered, raises, isUndoable: false };
  const cases = ways.map(({ answer, compiled }) => ({
    name: answer,
    if: isAnswer(name, answer),
    child: compiled.node,
  }));
  // An answer without blocks of its own goes on at once.
  const isExhaustive = ways.length === answersOf(cursor).length;
  const after = joined([...(isExhaustive ? [] : [answered]), ...ways.map(({ compiled }) => compiled.after)]);
  return {
    node: { kind: 'seq', id: `${id}:task`, children: [ask, { kind: 'pick', id: `${id}:answer`, cases }] },
    after: after && { ...after, inside: flow.inside },
    raises: [...raises, ...ways.flatMap(({ compiled }) => compiled.raises)],
    isUndoable: ways.some(({ compiled }) => compiled.isUndoable),
  };
}

/** What people are shown. Of a list of items that holds anything classed, all counts as classed. */
function shownType(
  cursor: Cursor,
  listed: StaticType | undefined,
  flow: Flow,
  compiler: BlockCompiler,
): StaticType {
  if (listed !== undefined) return withClasses(ANY, classesOf(listed));
  const show = at(cursor, 'show');
  return show === undefined ? ANY : compiler.template(show, compiler.placeAt(flow)).type;
}

function isAnswer(block: string, answer: string): Expression<boolean> {
  return ({ steps }) => {
    const output = steps[block]?.output ?? null;
    return isMap(output) && output['answer'] === answer;
  };
}

/** What an answer leaves behind. Fields that not every answer has are null without it. */
function outputOf(cursor: Cursor, notes: string | undefined): RecordType {
  const title = `the output of ${textAt(cursor, 'task')}`;
  const common = { kind: 'record', open: false, title } as const;
  if (textAt(cursor, 'mode') === 'inform')
    return { ...common, fields: { answer: NULL, by: NULL, at: INSTANT_TEXT } };
  if (at(cursor, 'items') !== undefined) {
    const accepted: StaticType = { kind: 'list', of: ANY };
    const rejected: StaticType = notes === undefined ? accepted : { kind: 'list', of: refusal(notes) };
    return { ...common, fields: { accepted, rejected, at: INSTANT_TEXT } };
  }
  const needs = answersOf(cursor).map(([, answer]) =>
    itemsOf(at(answer, 'needs')).map(({ value }) => String(value)),
  );
  const fields = [...new Set([...needs.flat(), ...FREE_TEXTS])];
  return {
    ...common,
    fields: {
      ...Object.fromEntries(fields.map((field) => [field, fieldType(field, notes)])),
      answer: STRING,
      // Null where silence answered.
      by: ANY,
      at: INSTANT_TEXT,
    },
    nullable: fields.filter((field) => !needs.every((each) => each.includes(field))),
  };
}

/** A refused item, with what was answered to it. */
function refusal(notes: string): RecordType {
  const fields = Object.fromEntries(FREE_TEXTS.map((field) => [field, fieldType(field, notes)]));
  return { kind: 'record', open: true, title: 'a refused item', fields, nullable: FREE_TEXTS };
}

function fieldType(field: string, notes: string | undefined): StaticType {
  return notes !== undefined && FREE_TEXTS.includes(field) ? withClasses(ANY, [notes]) : ANY;
}

function answersOf(block: Cursor): readonly (readonly [string, Cursor])[] {
  return entriesOf(at(block, 'answers')).map(([name, answer]) => [name, longForm(answer, 'do')] as const);
}

function doOf(answer: Cursor): readonly Cursor[] {
  return [at(answer, 'do')].filter((list) => list !== undefined);
}
