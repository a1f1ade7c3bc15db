import type { Instant, Json } from '#libs/messaging';
import { durationText } from '#libs/orchestration';
import { clockText } from './saga-page.js';
import type { ShownAnswer, ShownAsked, ShownTask, ShownTaskSummary } from './shown-task.js';
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
    ageText(task, now),
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
    ['Opened', `${clockText(task.openedAt)}, ${ageText(task, now)} ago`],
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
  if (show === null) return '';
  const rows =
    typeof show === 'object' && !Array.isArray(show)
      ? Object.entries(show).map(([name, value]) => [name, shortened(value)])
      : [[shortened(show)]];
  return `To be decided\n${indented(rows.map((row) => row.join(': ')).join('\n'))}`;
}

function itemsOf({ items = [] }: ShownTask): string {
  if (items.length === 0) return '';
  const rows = items.map(({ key, item, show, decision }) => [
    key,
    decision === undefined ? 'open' : `${decision.answer} by ${decision.by ?? 'silence'}`,
    shortened(show ?? item),
  ]);
  return `Item by item\n${indented(table(['item', 'decision', 'what'], rows))}`;
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
  const from = Date.parse(openedAt);
  const rows = history.map(({ at, what, by, detail }) => [
    clockText(at),
    `+${durationText(Math.max(0, Date.parse(at) - from))}`,
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

function ageText({ openedAt }: ShownTaskSummary, now: Instant): string {
  return durationText(Math.max(0, now - Date.parse(openedAt)));
}

function dueText({ dueAt, overdueAt }: ShownTaskSummary, now: Instant): string {
  if (overdueAt !== undefined) return `overdue for ${durationText(Math.max(0, now - Date.parse(overdueAt)))}`;
  if (dueAt === undefined) return '-';
  const leftMs = Date.parse(dueAt) - now;
  return leftMs > 0 ? `in ${durationText(leftMs)}` : 'now';
}

function shortened(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
