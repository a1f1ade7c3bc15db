import type { Instant } from '#libs/messaging';
import type { Board, BoardStage } from '#libs/orchestration';
import { ageText, clockText } from './page-text.js';
import type { Shown } from './shown.js';
import { table } from './table.js';

/** Live sagas of one definition as the coordinator counts them, by where they stand. */
export interface ShownBoard extends Omit<Board, 'stages'> {
  readonly stages: readonly ShownStage[];
}

type ShownStage = Shown<BoardStage, 'oldestAt'>;

/** A stage beside what it was at an earlier look. One that nobody stands at any more has no `present`. */
interface Stand {
  readonly name: string;
  readonly present?: ShownStage;
  readonly count: number;
  readonly moved: number;
}

/** A definition beside what it was at an earlier look. */
interface Compared extends Pick<ShownBoard, 'definition' | 'owner' | 'live'> {
  readonly moved: number;
  readonly stands: readonly Stand[];
}

const head = ['stage', 'sagas'];
const tail = ['oldest', 'over 1 h', 'over 1 d', 'incidents'];

/** The board as a page; with a `former` one, what moved since that. */
export function boardText(
  boards: readonly ShownBoard[],
  now: Instant,
  former?: readonly ShownBoard[],
): string {
  const compared = comparedWith(former, boards);
  if (compared.length === 0) return 'no saga is live';
  const headings = [...head, ...(former === undefined ? [] : ['moved']), ...tail];
  return compared
    .map(({ definition, owner, live, moved, stands }) => {
      const rows = stands.map(({ name, present, count, moved: by }) => [
        name,
        count,
        ...(former === undefined ? [] : [movedText(by)]),
        ...(present === undefined
          ? ['-', 0, 0, 0]
          : [ageText(present.oldestAt, now), present.overHour, present.overDay, present.withIncident]),
      ]);
      const owned = owner === undefined ? '' : `, owner ${owner}`;
      return `${definition}: ${live} live${inBrackets(moved)}${owned}\n${table(headings, rows)}`;
    })
    .join('\n\n');
}

/** A line for each stage; with a `former` board, for each that moved since. */
export function boardLines(
  boards: readonly ShownBoard[],
  now: Instant,
  former?: readonly ShownBoard[],
): readonly string[] {
  const at = clockText(new Date(now).toISOString());
  if (former === undefined && boards.length === 0) return [`${at} no saga is live`];
  return comparedWith(former, boards).flatMap(({ definition, stands }) =>
    stands
      .filter(({ moved }) => former === undefined || moved !== 0)
      .map(({ name, count, moved }) => `${at} ${definition} ${name}: ${count}${inBrackets(moved)}`),
  );
}

function comparedWith(
  former: readonly ShownBoard[] | undefined,
  boards: readonly ShownBoard[],
): readonly Compared[] {
  if (former === undefined) return boards.map((board) => compared(board, board));
  const names = new Set([...boards, ...former].map(({ definition }) => definition));
  return [...names].toSorted().map((definition) => {
    const nothing = { definition, live: 0, stages: [] };
    const of = (all: readonly ShownBoard[]) => all.find((board) => board.definition === definition);
    return compared(of(boards) ?? nothing, of(former) ?? nothing);
  });
}

function compared({ stages, ...board }: ShownBoard, former: ShownBoard): Compared {
  const before = new Map(former.stages.map((stage) => [placeOf(stage), stage]));
  const places = new Set(stages.map(placeOf));
  const present = stages.map((stage) => {
    const moved = stage.count - (before.get(placeOf(stage))?.count ?? 0);
    return { name: nameOf(stage), present: stage, count: stage.count, moved };
  });
  const left = former.stages
    .filter((stage) => !places.has(placeOf(stage)))
    .map((stage) => ({ name: nameOf(stage), count: 0, moved: -stage.count }));
  return { ...board, moved: board.live - former.live, stands: [...present, ...left] };
}

function placeOf({ status, stage = '' }: ShownStage): string {
  return `${status} ${stage}`;
}

function nameOf({ status, stage = '-' }: ShownStage): string {
  return status === 'compensating' ? `undo of ${stage}` : stage;
}

function movedText(by: number): string {
  if (by === 0) return '';
  return by > 0 ? `+${by}` : String(by);
}

function inBrackets(moved: number): string {
  return moved === 0 ? '' : ` (${movedText(moved)})`;
}
