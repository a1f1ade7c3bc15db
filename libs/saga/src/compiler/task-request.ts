import type { Span } from '../beside/calendar.js';
import type { TaskAnswer, TaskRequest } from '../beside/task.js';
import { at, entriesOf, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { Place } from '../expression/place.js';
import type { Json } from '../json.js';
import type { Expression, Values } from '../scope-values.js';
import { checkAuthority, compileAsked, compilePersons, escalationsOf, type CompiledAsked } from './asked.js';
import type { BlockCompiler } from './block-compiler.js';
import { NOTHING } from './expressions.js';
import type { Flow } from './flow.js';
import { demandsOf } from './demands.js';
import { settingsOf } from './inheritance.js';
import { complainOf } from './sharing.js';
import { compileItems } from './task-items.js';
import { spanOf } from './spans.js';

type Clocks = Pick<TaskRequest, 'calendar' | 'remind' | 'due' | 'window'>;
type Escalations = readonly {
  readonly after: Span;
  readonly asked: CompiledAsked;
}[];

/** Compiles what a task asks of people: with every value evaluated it needs no definition to be understood. */
export function taskRequest(task: Cursor, name: string, flow: Flow, compiler: BlockCompiler): Expression {
  const place = compiler.placeAt(flow);
  const { namespaces, saga } = compiler.inheritance;
  const setting = (key: string) => settingsOf(key, 'task', task, undefined, compiler.inheritance)[0];
  const mode = (textAt(task, 'mode') ?? 'approve') as TaskRequest['mode'];
  const clocks = clocksOf(task, setting, compiler);
  if (mode !== 'inform' && clocks.due === undefined && demandsOf(namespaces.of(saga.document)).due)
    compiler.log.error(
      task,
      'This task does not say how soon it should be answered. Write `due: <duration>`, here or under `defaults.task`.',
    );
  const to = setting('to');
  if (to === undefined)
    compiler.log.error(
      task,
      'This task asks nobody. Write `to: { role: <role> }`, here or under `defaults.task`.',
    );
  const asked = to === undefined ? undefined : compileAsked(to, place, compiler);
  const list = mode === 'inform' ? undefined : setting('escalate');
  if (mode === 'approve' && itemsOf(list).length === 0)
    compiler.log.error(
      list ?? task,
      'Nobody else is asked when nobody answers. Write `escalate: [{ after: 1d, to: { role: <role> } }]`, here or under `defaults.task`.',
    );
  const span = (cursor: Cursor) => spanOf(cursor, clocks.calendar !== undefined, compiler.log);
  const escalate = asked === undefined ? [] : compileEscalations(list, asked, span, place, compiler);
  const fixed = {
    mode,
    answers: taskAnswers(task),
    roles: Object.fromEntries(compiler.people(task.document).roles),
    ...clocksFor(mode, clocks),
    ...silenceOf(task),
  };
  const texts = compileTexts(task, name, place, compiler);
  return (values): Json => {
    const request: TaskRequest = {
      ...fixed,
      ...texts(values),
      to: asked!.evaluate(values),
      escalate: escalate.map(({ after, asked: more }) => ({ after, to: more.evaluate(values) })),
    };
    return request;
  };
}

/** The answers a task can have. */
export function taskAnswers(task: Cursor): TaskRequest['answers'] {
  return Object.fromEntries(entriesOf(at(task, 'answers')).map(answerOf));
}

/** Without people there is no clock. */
function clocksFor(mode: TaskRequest['mode'], { calendar, ...ringing }: Clocks): Clocks {
  const own = calendar === undefined ? {} : { calendar };
  return mode === 'inform' ? own : { ...own, ...ringing };
}

function clocksOf(
  task: Cursor,
  setting: (key: string) => Cursor | undefined,
  { people, inheritance, log }: BlockCompiler,
): Clocks {
  const named = setting('calendar');
  const calendar = named === undefined || named.value === 'none' ? undefined : String(named.value);
  const known = calendar === undefined ? undefined : people(named!.document).calendars.get(calendar);
  if (calendar !== undefined && known === undefined)
    complainOf(
      'calendars',
      named!,
      inheritance.namespaces,
      log,
      (hint) => `The namespace has no calendar "${calendar}".${hint}`,
    );
  const span = (cursor: Cursor) => spanOf(cursor, known !== undefined, log);
  const [remind, due, window] = [setting('remind'), setting('due'), at(task, 'window')];
  return {
    ...(known === undefined ? {} : { calendar: known }),
    ...(remind === undefined ? {} : { remind: remindOf(longForm(remind, 'after'), span) }),
    ...(due === undefined ? {} : { due: span(due) }),
    ...(window === undefined ? {} : { window: span(window) }),
  };
}

function remindOf(remind: Cursor, span: (cursor: Cursor) => Span) {
  const every = at(remind, 'every');
  return { after: span(at(remind, 'after')!), ...(every === undefined ? {} : { every: span(every) }) };
}

function compileEscalations(
  list: Cursor | undefined,
  first: CompiledAsked,
  span: (cursor: Cursor) => Span,
  place: Place,
  compiler: BlockCompiler,
): Escalations {
  return escalationsOf(list).map(({ to, after }) => {
    const asked = compileAsked(to, place, compiler);
    checkAuthority(asked, first, to, compiler);
    return { after: span(after), asked };
  });
}

function compileTexts(task: Cursor, name: string, place: Place, compiler: BlockCompiler) {
  const [title, show, notBy] = [at(task, 'title'), at(task, 'show'), at(task, 'notBy')];
  const titled = title === undefined ? undefined : compiler.template(title, place).evaluate;
  const items = compileItems(task, place, compiler);
  // What people see of a task with items is said item by item.
  const isWhole = show !== undefined && items === undefined;
  const shown = (isWhole ? compiler.template(show, place) : NOTHING).evaluate;
  const barred = notBy === undefined ? undefined : compilePersons(notBy, place, compiler);
  const description = textAt(task, 'description');
  return (values: Values) => ({
    title: titled === undefined ? name : String(titled(values)),
    ...(description === undefined ? {} : { description }),
    show: shown(values),
    ...(items === undefined ? {} : { items: items(values) }),
    ...(barred === undefined ? {} : { notBy: barred(values) }),
  });
}

function silenceOf(task: Cursor): Pick<TaskRequest, 'atEnd' | 'silenceFields'> {
  const atEnd = textAt(task, 'atEnd');
  const reason = textAt(task, 'adverseOnSilence');
  return {
    ...(atEnd === undefined ? {} : { atEnd }),
    ...(reason === undefined ? {} : { silenceFields: { reason } }),
  };
}

function answerOf([name, written]: readonly [string, Cursor]): readonly [string, TaskAnswer] {
  const answer = longForm(written, 'do');
  const needs = itemsOf(at(answer, 'needs')).map(({ value }) => String(value));
  const item = textAt(answer, 'item') as TaskAnswer['item'];
  return [
    name,
    {
      ...(at(answer, 'adverse')?.value === true ? { adverse: true } : {}),
      ...(needs.length === 0 ? {} : { needs }),
      ...(item === undefined ? {} : { item }),
    },
  ];
}
