import type { Instant, Json } from '#libs/messaging';
import { durationText } from '#libs/orchestration';
import { ageText, clockText, indented, shortened, spanText } from './page-text.js';
import type { ShownAnswer, ShownAsked, ShownTask, ShownTaskSummary } from './shown-task.js';
import { shownValue } from './shown-value.js';
import { table } from './table.js';

const longestValue = 200;

/** Tasks as a table, for whoever looks for something to do. */
export function taskTable(tasks: readonly ShownTaskSummary[], now: Instant): string {
  const rows = tasks.map((task) => [
    task.id,
    task.title,
    task.businessKey,
    askedText(task.asked),
    task.claimedBy ?? '-',
    ageText(task.openedAt, now),
    dueText(task, now),
  ]);
  return table(['id', 'title', 'business key', 'asked', 'claimed by', 'age', 'due'], rows);
}

/** One task on one page, in words: what is to be decided, by whom, until when, and how to answer. */
export function taskPage(task: ShownTask, now: Instant): string {
  return [headOf(task, now), shownOf(task), itemsOf(task), answersOf(task), historyOf(task)]
    .filter((section) => section !== '')
    .join('\n\n');
}

function headOf(task: ShownTask, now: Instant): string {
  const { silence, stoppedAt, claimedBy } = task;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Id', task.id],
    ['For', `${task.definition} ${task.businessKey}, block ${task.block} (skald show ${task.saga})`],
    ['Asked', askedText(task.asked)],
    ['Opened', `${clockText(task.openedAt)}, ${ageText(task.openedAt, now)} ago`],
    ['Due', dueText(task, now) === '-' ? undefined : dueText(task, now)],
    ['Claimed', claimedBy === undefined ? undefined : `by ${claimedBy}`],
    ['Silence', silence === undefined ? undefined : `means "${silence.answer}" at ${clockText(silence.at)}`],
    ['Clocks', stoppedAt === undefined ? undefined : `stand still since ${clockText(stoppedAt)}`],
    ['You', youText(task)],
  ];
  return [
    `${task.title}: ${task.status}`,
    ...(task.description === undefined ? [] : [task.description]),
    ...lines.flatMap(([name, text]) => (text === undefined ? [] : [`${name.padEnd(8)}  ${text}`])),
  ].join('\n');
}

function youText({ you }: ShownTask): string | undefined {
  if (you === undefined) return undefined;
  return you.mayAnswer ? 'may answer' : `may not answer: ${you.why}`;
}

function shownOf({ show }: ShownTask): string {
  if (show === null || (typeof show === 'object' && Object.keys(show).length === 0)) return '';
  return `To be decided\n${indented(shownValue(show))}`;
}

function itemsOf({ items = [] }: ShownTask): string {
  if (items.length === 0) return '';
  const shown = items.map((item) => ({ ...item, what: item.show ?? item.item }));
  const rows = shown.map(({ key, what, decision }) => [
    key,
    decision === undefined ? 'open' : `${decision.answer} by ${decision.by ?? 'silence'}`,
    isLong(what) ? 'see below' : valueText(what),
  ]);
  const long = shown.filter(({ what }) => isLong(what));
  return [
    `Item by item\n${indented(table(['item', 'decision', 'what'], rows))}`,
    ...long.map(({ key, what }) => `Item ${key}\n${indented(shownValue(what))}`),
  ].join('\n\n');
}

/** Is it more than fits into a row, and of parts that can be shown line by line? */
function isLong(value: Json): boolean {
  return typeof value === 'object' && JSON.stringify(value).length > longestValue;
}

function answersOf({ id, status, answers, items }: ShownTask): string {
  if (status !== 'open') return '';
  const rows = Object.entries(answers).map(([name, answer]) => [
    `skald answer ${id} ${name}${argumentsFor(answer)}${items === undefined ? '' : ' --item <key>'}`,
    answer.adverse === true ? 'takes something away' : '',
  ]);
  return `How to answer\n${indented(table(['command', ''], rows))}`;
}

function argumentsFor({ needs = [] }: ShownAnswer): string {
  return needs.map((field) => (field === 'reason' ? " --reason '…'" : ` --field ${field}='…'`)).join('');
}

function historyOf({ history, openedAt }: ShownTask): string {
  const rows = history.map(({ at, what, by, detail }) => [
    clockText(at),
    `+${spanText(openedAt, at)}`,
    [what, by === undefined ? '' : `by ${by}`, detail ?? ''].filter((word) => word !== '').join(' '),
  ]);
  return `What happened\n${indented(table(['at', 'after', 'what'], rows))}`;
}

function askedText(asked: readonly ShownAsked[]): string {
  return asked
    .map(({ role, candidates = [], authority }) => {
      const names = [...(role === undefined ? [] : [role]), ...candidates].join(', ');
      return authority > 0 ? `${names} (authority ${authority})` : names;
    })
    .join(', ');
}

function dueText({ dueAt, overdueAt }: ShownTaskSummary, now: Instant): string {
  if (overdueAt !== undefined) return `overdue for ${ageText(overdueAt, now)}`;
  if (dueAt === undefined) return '-';
  const leftMs = Date.parse(dueAt) - now;
  return leftMs > 0 ? `in ${durationText(leftMs)}` : 'now';
}

function valueText(value: Json): string {
  if (typeof value !== 'string') return shortened(value, longestValue);
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
}
