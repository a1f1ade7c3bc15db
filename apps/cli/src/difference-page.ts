import type { Instant } from '#libs/messaging';
import type { Difference, DifferenceKind, LineProblem } from '#libs/orchestration';
import { ageText } from './page-text.js';

/** A difference as the API answers it; without a saga where none was found. */
export type ShownDifference = Omit<Difference, 'since' | 'saga'> & {
  readonly saga?: string;
  readonly since?: string;
};

/** What lines come to. */
export interface Compared {
  readonly agreed: number;
  readonly open: number;
  readonly differences: readonly ShownDifference[];
  readonly problems: readonly LineProblem[];
}

/** What a whole list comes to. */
export interface Reconciliation extends Compared {
  /** Lines from before the time that was looked from, about which nothing is said. */
  readonly older: number;
}

const kindTexts: Readonly<Record<DifferenceKind, string>> = {
  'done-there-undone-here': 'done there, undone here',
  'undone-there-done-here': 'undone there, done here',
  'done-there-unknown-here': 'done there, unknown here',
  'undone-there-unknown-here': 'undone there, unknown here',
  'done-here-missing-there': 'done here, missing there',
};

/** Every difference with its age and what to do about it, then what could not be compared, then the counts. */
export function reconciliationText(
  { agreed, open, older, differences, problems }: Reconciliation,
  now: Instant,
): string {
  return [
    ...differences.map((one) => differenceText(one, now)),
    ...problemLines(problems),
    [
      `${differences.length} differ, ${agreed} agree, ${open} under way or changed since`,
      ...(older === 0 ? [] : [`${older} from before --since left alone`]),
      `${problems.length} could not be compared`,
    ].join(', '),
  ].join('\n');
}

/** What is wrong with many lines is said once. */
function problemLines(problems: readonly LineProblem[]): readonly string[] {
  const lines = new Map<string, number[]>();
  for (const { line, problem } of problems) {
    const others = lines.get(problem);
    if (others === undefined) lines.set(problem, [line]);
    else others.push(line);
  }
  return [...lines].map(([problem, all]) => `${linesText(all)}: ${problem}`);
}

const linesShown = 10;

function linesText(lines: readonly number[]): string {
  if (lines.length === 1) return `line ${lines[0]}`;
  const more = lines.length > linesShown ? ` and ${lines.length - linesShown} more` : '';
  return `lines ${lines.slice(0, linesShown).join(', ')}${more}`;
}

function differenceText(difference: ShownDifference, now: Instant): string {
  const { kind, line, operation, since, repair } = difference;
  const age = since === undefined ? '' : `, for ${ageText(since, now)}`;
  const place = line === 0 ? '' : ` (line ${line})`;
  const command = repair.command === undefined ? '' : `\n    ${repair.command}`;
  return `${kindTexts[kind]}${age}${place}: ${subjectText(difference)}\n  ${operation}\n  ${repair.text}${command}`;
}

function subjectText({ definition, businessKey, block, saga }: ShownDifference): string {
  const subject = definition === undefined ? 'a saga nobody knows' : `${definition} ${businessKey}`;
  return [subject, ...(block === undefined ? [] : [block]), ...(saga === undefined ? [] : [saga])].join(', ');
}
