import { durationText, type SagaView } from '#libs/orchestration';
import type { OutcomeRow, SagaCounts } from './sagas-in-database.js';

/** One line of what is going on now. */
export function progressLine(placed: number, orders: number, counts: SagaCounts): string {
  const { running, completed, compensating, compensated, incidents, p50Ms, p99Ms } = counts;
  const parts = [
    `placed ${placed}/${orders}`,
    `running ${running}`,
    `compensating ${compensating}`,
    `completed ${completed}`,
    `compensated ${compensated}`,
    ...(incidents === 0 ? [] : [`incidents ${incidents}`]),
    `p50 ${durationText(p50Ms)}`,
    `p99 ${durationText(p99Ms)}`,
  ];
  return parts.join(' · ');
}

/** What became of the orders, a line an outcome. */
export function outcomeTable(rows: readonly OutcomeRow[]): string {
  const cells = [['outcome', 'orders', 'p50', 'p99'], ...rows.map(outcomeCells)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .join('\n');
}

/** What happened to one saga, a line each. */
export function timelinePage(saga: SagaView): string {
  const lines = saga.timeline.map(
    ({ at, text }) => `  +${durationText(at - saga.startedAt).padStart(8)}  ${text}`,
  );
  return [`${saga.businessKey}: ${saga.status} (saga ${saga.id})`, ...lines].join('\n');
}

function outcomeCells({ outcome, count, p50Ms, p99Ms }: OutcomeRow): readonly string[] {
  return [outcome, String(count), durationText(p50Ms), durationText(p99Ms)];
}
