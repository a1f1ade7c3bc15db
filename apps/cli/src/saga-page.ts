import type { Instant } from '#libs/messaging';
import { durationText } from '#libs/orchestration';
import { ageText, clockText, indented, shortened, spanText, timeOfDayText } from './page-text.js';
import type { ShownSaga } from './shown-saga.js';
import { table } from './table.js';

const longestValue = 100;

/** One saga on one page, in words: what happened, what came of it, what it waits for, and how to repair it. */
export function sagaPage(saga: ShownSaga, now: Instant): string {
  return [
    headOf(saga, now),
    timelineOf(saga),
    stepsOf(saga),
    actionsOf(saga),
    waitsOf(saga, now),
    repairsOf(saga),
  ]
    .filter((section) => section !== '')
    .join('\n\n');
}

function headOf(saga: ShownSaga, now: Instant): string {
  const flags = [
    saga.incident ? 'needs a person' : '',
    saga.held ? 'held by a parked record' : '',
    saga.stalled === undefined ? '' : 'stalled',
  ].filter((flag) => flag !== '');
  const status = [saga.status, ...flags].join(', ');
  const { startedAt, finishedAt } = saga;
  const past =
    finishedAt === undefined
      ? `${ageText(startedAt, now)} ago`
      : `ended after ${spanText(startedAt, finishedAt)}`;
  return [
    `${saga.definition} version ${saga.version}, ${saga.businessKey}: ${status}`,
    `Id        ${saga.id}`,
    `Started   ${clockText(startedAt)}, ${past}`,
    ...(saga.why === undefined ? [] : [`Why       ${saga.why}`]),
    ...controlLines(saga, now),
    ...pauseLines(saga),
    ...stallLines(saga, now),
    ...failureLines(saga),
    `Input     ${shortened(saga.input, longestValue)}`,
    ...(saga.parent === undefined ? [] : [`Part of   ${saga.parent.id} (${saga.parent.block})`]),
    ...(saga.linked === undefined
      ? []
      : [`Linked to ${saga.linked.definition} ${saga.linked.key} (${saga.linked.id})`]),
  ].join('\n');
}

/** Who has control of it now. */
function controlLines({ control = [] }: ShownSaga, now: Instant): readonly string[] {
  return control.map(({ kind, name, block, saga, ...times }) => {
    const who = name === undefined ? kind : `${kind}: ${name}`;
    const text = `${who}${saga === undefined ? '' : ` (saga ${saga})`}${block === undefined ? '' : `, at ${block}`}`;
    return `Control   ${waitText({ text, ...times }, now)}`;
  });
}

function pauseLines({ paused = [] }: ShownSaga): readonly string[] {
  return paused.map(({ kind, at, by, reason, resumed }) => {
    const end = resumed === undefined ? '' : `; resumed by ${resumed.by}, it has not come to its turn`;
    const what = kind === 'saga' ? '' : `with its ${kind}, `;
    return `Paused    ${what}by ${by} at ${clockText(at)}: ${reason}${end}`;
  });
}

function stallLines({ stalled }: ShownSaga, now: Instant): readonly string[] {
  if (stalled === undefined) return [];
  const { since, blocker } = stalled;
  return [`Stalled   for ${ageText(since, now)}, waits for ${blocker ?? 'what nobody knows'}`];
}

function failureLines({ failure }: ShownSaga): readonly string[] {
  if (failure === undefined) return [];
  const causes = (failure.causes ?? []).map(
    ({ error, step, message, leg }) =>
      `Because   ${step}${leg === undefined || leg === step ? '' : ` (${leg})`} raised ${error}: ${message}`,
  );
  return [`Failure   ${failure.step} raised ${failure.error}: ${failure.message}`, ...causes];
}

function timelineOf({ timeline, startedAt }: ShownSaga): string {
  const isOfOneDay = timeline.every(({ at }) => at.slice(0, 10) === startedAt.slice(0, 10));
  const rows = timeline.map(({ at, text, kind, blockKind }) => [
    // The head says the day.
    isOfOneDay ? timeOfDayText(at) : clockText(at),
    `+${spanText(startedAt, at)}`,
    blockKind ?? '',
    `${kind === 'incident' ? '! ' : ''}${text}`,
  ]);
  return `What happened\n${indented(table(['at', 'after', 'kind', 'what'], rows))}`;
}

function stepsOf({ steps }: ShownSaga): string {
  const rows = Object.entries(steps).map(([name, step]) => [
    name,
    step.kind ?? '',
    step.outcome,
    step.attempts,
    spanText(step.startedAt, step.endedAt),
    shortened(step.output, longestValue),
  ]);
  return rows.length === 0
    ? ''
    : `What came of it\n${indented(table(['block', 'kind', 'outcome', 'attempts', 'took', 'output'], rows))}`;
}

function actionsOf({ audits }: ShownSaga): string {
  const asked = audits.filter(({ action }) => action !== 'start');
  const rows = asked.map((audit) => [
    clockText(audit.at),
    audit.by,
    audit.action,
    audit.result,
    audit.reason ?? audit.detail,
  ]);
  return rows.length === 0
    ? ''
    : `What people asked\n${indented(table(['at', 'who', 'what', 'result', 'why'], rows))}`;
}

function waitsOf(saga: ShownSaga, now: Instant): string {
  const lines = saga.waitsFor.flatMap(({ help = [], ...wait }) => [
    `- ${waitText(wait, now)}`,
    ...saidLines(wait).map((line) => `  ${line}`),
    ...help.map((helper) => `  from ${helper}`),
  ]);
  if (saga.nextTimerAt !== undefined) {
    const inMs = Date.parse(saga.nextTimerAt) - now;
    const when = inMs > 0 ? `in ${durationText(inMs)}` : `${durationText(-inMs)} ago; it is late`;
    lines.push(`Next timer ${when} (${clockText(saga.nextTimerAt)})`);
  }
  return lines.length === 0 ? '' : `It waits for\n${indented(lines.join('\n'))}`;
}

/** What is waited for, since when and until when. */
export function waitText(
  { text, since, until }: { readonly text: string; readonly since?: string; readonly until?: string },
  now: Instant,
): string {
  const age = since === undefined ? '' : `, for ${ageText(since, now)}`;
  return `${text}${age}${until === undefined ? '' : `, until ${clockText(until)}`}`;
}

/** What the definition says of it for people. */
export function saidLines({
  title,
  status,
  owner,
}: {
  readonly title?: string;
  readonly status?: string;
  readonly owner?: string;
}): readonly string[] {
  const answers = owner === undefined ? [] : [`${owner} answers for it`];
  const head = [...(title === undefined ? [] : [title]), ...answers].join('; ');
  return [...(head === '' ? [] : [head]), ...(status === undefined ? [] : [`"${status}"`])];
}

function repairsOf(saga: ShownSaga): string {
  const holder = saga.parked.find((row) => row.held && row.reason !== 'waiting');
  const repairs = holder === undefined ? incidentRepairs(saga) : holderRepairs(holder);
  return repairs.length === 0
    ? ''
    : `How to repair\n${indented(table(['command', 'what it does'], repairs))}`;
}

function holderRepairs({ topic, part, offset }: ShownSaga['parked'][number]): readonly (readonly string[])[] {
  const position = `${topic}/${part}/${offset}`;
  return [
    [`skald redrive ${position}`, 'fold the parked record again, then those behind it'],
    [`skald skip ${position}`, 'give the record up and go on with those behind it'],
  ];
}

function incidentRepairs({ id, incidents, status }: ShownSaga): readonly (readonly string[])[] {
  const open = incidents.filter(({ closedAt }) => closedAt === undefined);
  const blocks = [...new Set(open.flatMap(({ block }) => block ?? []))];
  const repairs = blocks.flatMap((block) => [
    [`skald retry ${id} --block ${block}`, `try ${block} again, as a new round`],
    [
      `skald skip ${id} --block ${block} --result '{}'`,
      `go on as if ${block} had succeeded with this output`,
    ],
  ]);
  if (repairs.length === 0 || status !== 'running') return repairs;
  return [...repairs, [`skald cancel ${id}`, 'undo what was done and end as cancelled']];
}
