import { advance } from '../engine/advance.js';
import type { SagaInput } from '../input.js';
import { nextDue, type SagaState } from '../turn.js';
import { outsideOf } from './outside.js';
import type { Play } from './play.js';
import { keptOutPlay, playOf } from './play-of.js';
import { arrive, conclude, publish } from './publishing.js';
import { answerTask, nextTaskClock, ringTasks, tellOutage } from './played-tasks.js';
import { note, plan, stageOf, type Happening, type PlayOptions, type Stage } from './stage.js';
import { startOfPart, type Started } from './start-of-part.js';
import { tellHearsay, tellTurn } from './tell-turn.js';

const PATIENCE = 5_000;
const YEAR = 366 * 86_400_000;

/** Plays a saga on a virtual clock until nothing more can happen. Pure: the same part always takes the same course. */
export function playPart(options: PlayOptions): Play {
  const { program, part } = options;
  const started = startOfPart(program, part);
  const stage = stageOf(options);
  for (const one of started.hearsay) tellHearsay(stage, one);
  if (started.kind === 'kept-out') return keptOutPlay(started, stage);
  begin(stage, started);
  while (stage.inputs < PATIENCE && stage.now < part.at + YEAR && happens(stage)) continue;
  return playOf(stage);
}

function begin(stage: Stage, { input, key }: Extract<Started, { kind: 'started' }>): void {
  const { program, part } = stage.options;
  const { definition, version } = program;
  const facts = { id: 'saga-1', key, definition, version, startedAt: part.at, hops: 0 };
  const toggles = { ...program.toggles, ...part.toggles };
  note(stage, 'started', `started`, input);
  for (const toggle of outsideOf(program).toggles) planSwitches(stage, toggle);
  planOutage(stage);
  const { linked } = part;
  fold(stage, {
    kind: 'start',
    now: part.at,
    facts,
    input,
    toggles,
    ...(linked !== undefined && { linked }),
  });
}

function planSwitches(stage: Stage, toggle: string): void {
  const move = stage.reader.next([toggle], '');
  if (move?.kind !== 'switched') return;
  const now = stage.now + move.delayMs;
  plan(stage, now, { kind: 'input', input: { kind: 'switched', now, toggle, on: move.on } });
}

function planOutage(stage: Stage): void {
  const { at, outage } = stage.options.part;
  if (outage === undefined) return;
  const from = at + outage.afterMs;
  const to = from + outage.forMs;
  plan(stage, from, { kind: 'outage', outage: { kind: 'outage', from } });
  plan(stage, to, { kind: 'outage', outage: { kind: 'outage', from, to } });
}

/** Lets the next thing happen, if there is one. What arrives comes before a timer of the same instant. */
function happens(stage: Stage): boolean {
  const due = nextDue(stage.state!);
  const next = stage.queue[0];
  if (stage.tasks.size > 0) {
    const clock = nextTaskClock(stage, Math.min(next?.at ?? Infinity, due ?? Infinity));
    if (clock !== undefined && clock < (next?.at ?? Infinity) && clock <= (due ?? Infinity)) {
      stage.now = Math.max(stage.now, clock);
      ringTasks(stage);
      return true;
    }
  }
  if (next !== undefined && (due === undefined || next.at <= due)) {
    stage.queue.shift();
    stage.now = Math.max(stage.now, next.at);
    happen(stage, next.happening);
    return true;
  }
  if (due === undefined) return false;
  stage.now = Math.max(stage.now, due);
  fold(stage, { kind: 'due', now: stage.now });
  return true;
}

function happen(stage: Stage, happening: Happening): void {
  switch (happening.kind) {
    case 'input':
      return fold(stage, { ...happening.input, now: stage.now });
    case 'message':
      return arrive(stage, happening.message, happening.isEcho);
    case 'work':
      return conclude(stage, happening.message, happening.end);
    case 'person':
      return answerTask(stage, happening.id, happening.move);
    case 'hearsay':
      return tellHearsay(stage, happening);
    case 'outage':
      return tellOutage(stage, happening.outage);
  }
}

function fold(stage: Stage, input: SagaInput): void {
  const { program, crashAt } = stage.options;
  const isCrash = stage.inputs === crashAt;
  stage.inputs += 1;
  const before = isCrash ? reread(stage.state) : stage.state;
  const { state, effects } = advance(program, before, input);
  if (state !== before) stage.lastChange = stage.now;
  stage.state = state;
  if (effects.some(({ kind }) => kind === 'finish')) stage.endedAt = stage.now;
  tellTurn(stage, input, effects);
  for (const effect of effects) publish(stage, effect, false);
  if (!isCrash) return;
  note(stage, 'crashed', 'crashed, and came back');
  for (const effect of effects) publish(stage, effect, true);
  if (isRecognised(input)) return;
  const again = advance(program, reread(state), input);
  stage.state = again.state;
  for (const effect of again.effects) publish(stage, effect, false);
}

/** An event has an id: whoever hands it to the saga knows that it was handed over before. */
function isRecognised(input: SagaInput): boolean {
  return input.kind === 'heard' && input.event !== undefined;
}

function reread(state: SagaState | undefined): SagaState | undefined {
  return state === undefined ? undefined : (JSON.parse(JSON.stringify(state)) as SagaState);
}
