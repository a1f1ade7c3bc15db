import { at, entriesOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { ANY } from '../expression/static-type.js';
import type { Program } from '../program.js';
import { verdicts, type Verdict } from '../verdict.js';
import { checkPublished } from './clearance.js';
import type { ClassedData } from './classed-data.js';
import type { Contracts } from './contracts.js';
import type { Place } from '../expression/place.js';
import { NOTHING, templateValue } from './expressions.js';
import { outcomePlace, type SagaPlaces } from './places.js';

type Ends = Pick<Program, 'outcomes' | 'judges'>;

/** Compiles what is told when a saga ends, and what that says of the one it is linked to. */
export function compileOutcomes(
  saga: Cursor,
  places: SagaPlaces,
  { outputs }: ClassedData,
  contracts: Contracts,
  log: ProblemLog,
): Ends {
  const steps = new Map(
    [...places.steps].map(([name, step]) => [name, { ...step, output: outputs.get(name) ?? step.output }]),
  );
  const ends = entriesOf(at(saga, 'outcomes')).map(([status, outcome]) => {
    const place = outcomePlace(places, steps, status !== 'completed');
    return { status, told: toldOf(outcome, place, contracts, log), judge: judgeOf(outcome, place, log) };
  });
  const outcomes = ends.flatMap(({ status, told }) => (told === undefined ? [] : [[status, told]]));
  const judges = ends.flatMap(({ status, judge }) => (judge === undefined ? [] : [[status, judge]]));
  return {
    outcomes: Object.fromEntries(outcomes) as Ends['outcomes'],
    ...(judges.length > 0 && { judges: Object.fromEntries(judges) as NonNullable<Ends['judges']> }),
  };
}

function toldOf(outcome: Cursor, place: Place, contracts: Contracts, log: ProblemLog) {
  const event = textAt(outcome, 'emit');
  if (event === undefined) return undefined;
  const written = at(outcome, 'with');
  const data = written === undefined ? NOTHING : templateValue(written, place, log);
  if (written !== undefined)
    checkPublished(event, { type: data.type, cursor: written, isWritten: true }, contracts, log);
  return { event, data: data.evaluate };
}

function judgeOf(outcome: Cursor, place: Place, log: ProblemLog) {
  const judge = at(outcome, 'judge');
  if (judge === undefined) return undefined;
  if (!('linked' in place.roots))
    log.errorAtKey(
      judge,
      '`judge` says what the saga has turned out to be that this one is linked to. Put a `link` on a trigger.',
    );
  const isWord = typeof judge.value === 'string' && !judge.value.includes('${');
  const { type, evaluate } = templateValue(judge, place, log);
  if (isWord ? !verdicts.includes(judge.value as Verdict) : type.kind !== 'string' && type !== ANY)
    log.error(judge, 'A verdict is one of good, bad and unknown.');
  return evaluate;
}
