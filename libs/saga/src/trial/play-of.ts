import type { Effect, FinishEffect } from '../effect.js';
import { findingOf } from '../finding.js';
import type { JsonObject } from '../json.js';
import { operationParts } from '../operation-name.js';
import { exactText } from './played-times.js';
import type { Play } from './play.js';
import type { Stage } from './stage.js';
import type { Started } from './start-of-part.js';
import { taskFacts } from './played-task.js';

/** What is left when nothing more can happen. */
export function playOf(stage: Stage): Play {
  const { state, participants, timeline, options } = stage;
  const effects = stage.effects.map(({ effect }) => effect);
  const finish = effects.find((effect): effect is FinishEffect => effect.kind === 'finish');
  return {
    outcome: state!.status,
    ...(finish?.result === undefined ? {} : { result: finish.result }),
    ...(finish?.failure === undefined ? {} : { failure: finish.failure.error }),
    ...knownBy(stage),
    lastedMs: (stage.endedAt ?? stage.lastChange) - options.part.at,
    ...leftFrom(stage),
    undone: participants.undone,
    effects: Object.fromEntries(participants.effects),
    paths: effects.flatMap((effect) => (effect.kind === 'caught' ? [effect.path] : [])),
    steps: state!.steps,
    waits: Object.fromEntries(effects.flatMap(waitOf)),
    tasks: Object.fromEntries([...stage.tasks.values()].map((task) => [task.block, taskFacts(task)])),
    hearsay: hearsayIn(stage),
    incidents: Object.values(state!.incidents).map(({ block, code, message }) => ({ block, code, message })),
    gates: [],
    waitsFor: finish === undefined ? [...new Set(stage.awaited.values())] : [],
    inputs: stage.inputs,
    timeline,
  };
}

function leftFrom({ effects, options }: Stage): Pick<Play, 'sent' | 'told'> {
  const sent: Play['sent'][number][] = [];
  const told: Play['told'][number][] = [];
  for (const { at, effect } of effects) {
    const afterMs = at - options.part.at;
    if (effect.kind === 'tell') told.push({ event: effect.event, data: effect.data, afterMs });
    if (effect.kind !== 'open') continue;
    const { call, block, data, isRepeat } = effect;
    sent.push({ call, block, data, isRepeat: isRepeat === true, afterMs });
  }
  return { sent, told };
}

function hearsayIn({ hearsay }: Stage): Play['hearsay'] {
  const said: Record<string, readonly string[]> = {};
  for (const { fact, from } of hearsay) said[fact] = [...(said[fact] ?? []), from];
  return said;
}

function knownBy({ state, now, options }: Stage): Pick<Play, 'known'> {
  const finding = findingOf(options.program, state!, now);
  return finding.kind === 'found' ? { known: finding.value } : {};
}

/** What a policy says of a step; not of a question about it, nor of its undo. */
function waitOf(effect: Effect): readonly (readonly [string, JsonObject])[] {
  if (effect.kind !== 'noted' || effect.note.what !== 'patience') return [];
  const { operation, policy, afterMs, acceptedMs, because } = effect.note;
  if (operationParts(operation)?.direction !== 'do') return [];
  const times = { after: exactText(afterMs), accepted: exactText(acceptedMs) };
  return [[effect.block, { policy, ...times, because }]];
}

/** A saga that did not start. */
export function keptOutPlay({ gates, reason }: Extract<Started, { kind: 'kept-out' }>, stage: Stage): Play {
  return {
    outcome: 'not-started',
    lastedMs: 0,
    sent: [],
    told: [],
    undone: [],
    effects: {},
    paths: [],
    steps: {},
    waits: {},
    tasks: {},
    hearsay: hearsayIn(stage),
    incidents: [],
    gates,
    waitsFor: [],
    inputs: 0,
    timeline: [...stage.timeline, { at: stage.now, kind: 'stopped', text: reason }],
  };
}
