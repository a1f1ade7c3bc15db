import type { BlockWords } from '../block-words.js';
import type { Instant } from '../json.js';
import type { Program } from '../program.js';
import type { Expression } from '../scope-values.js';
import type { SagaState } from '../turn.js';
import { chartOf, pathFrom, placeAt, type Place } from './chart.js';
import type { EngineState } from './engine-state.js';
import { isListener } from './listeners.js';
import { blockOf, momentOf, type Moment } from './moment.js';
import { evaluate } from './values.js';

/** One place where a saga stands, in the words that its definition has for people. */
export interface Standing {
  readonly block: string;
  readonly since: Instant;
  /** When it goes on by itself. */
  readonly until?: Instant;
  /** Of the innermost block around that has one: its title, what is said while it is open, who answers for it. */
  readonly title?: string;
  readonly status?: string;
  readonly owner?: string;
}

/** Where a saga stands that goes forward: what it has asked for, waits for, or got stuck at. Pure. */
export function standingOf(program: Program, saga: SagaState): readonly Standing[] {
  if (saga.status !== 'running') return [];
  const state = saga as EngineState;
  const moment = momentOf(chartOf(program), state.at, state);
  return openPlaces(moment).map(({ place, ...times }) => ({
    block: blockOf(place),
    ...times,
    ...wordsAt(moment, place),
  }));
}

interface OpenPlace {
  readonly place: Place;
  readonly since: Instant;
  readonly until?: Instant;
}

function openPlaces({ chart, state }: Moment): readonly OpenPlace[] {
  const asked = state.operations.flatMap(({ standing, at, do: exchange }): readonly OpenPlace[] =>
    standing === 'asked' ? [{ place: placeAt(chart, at), since: exchange?.startedAt ?? state.at }] : [],
  );
  const waiting = Object.entries(state.frames).flatMap(([key, frame]): readonly OpenPlace[] => {
    const place = placeAt(chart, key);
    if ((frame.kind !== 'sleep' && frame.kind !== 'wait') || isListener(place)) return [];
    const { startedAt: since, until } = frame;
    return [{ place, since, ...(until !== undefined && { until }) }];
  });
  const known = new Set([...asked, ...waiting].map(({ place }) => place.key));
  const stuck = Object.keys(state.raised).flatMap((key): readonly OpenPlace[] =>
    known.has(key) || !(key in state.incidents)
      ? []
      : [{ place: placeAt(chart, key), since: state.incidents[key]!.since }],
  );
  return [...asked, ...waiting, ...stuck];
}

function wordsAt(moment: Moment, place: Place): Pick<Standing, 'title' | 'status' | 'owner'> {
  const { words } = moment.chart.program;
  if (words === undefined) return {};
  const around = pathFrom(place).flatMap((at) => {
    const said = words[at.site.node.block ?? at.site.node.id];
    return said === undefined ? [] : [{ at, said }];
  });
  const title = firstText(moment, around, 'title');
  const status = firstText(moment, around, 'status');
  const owner = around.find(({ said }) => said.owner !== undefined)?.said.owner;
  return {
    ...(title !== undefined && { title }),
    ...(status !== undefined && { status }),
    ...(owner !== undefined && { owner }),
  };
}

function firstText(
  moment: Moment,
  around: readonly { readonly at: Place; readonly said: BlockWords }[],
  key: 'title' | 'status',
): string | undefined {
  const found = around.find(({ said }) => said[key] !== undefined);
  return found && textOf(moment, found.at, found.said[key]!);
}

/** What cannot be computed is not said. */
function textOf(moment: Moment, place: Place, expression: Expression): string | undefined {
  const text = evaluate(moment, place, expression);
  if (!text.ok || text.value === null) return undefined;
  return typeof text.value === 'string' ? text.value : JSON.stringify(text.value);
}
