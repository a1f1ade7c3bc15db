import type { Listener, ScopeNode } from '../node.js';
import { askSlot, besideSlot, childOf, type Place } from './chart.js';
import type { Message, ScopeFrame, WaitFrame } from './engine-state.js';
import { recordMessage } from './iterations.js';
import { change, emit, enter, frameAt, next, remember, type Moment } from './moment.js';
import { isPastPivot } from './pivot.js';
import { failureOf } from './raising.js';
import { interrupt } from './stopping.js';

/** An event has come that a listener waits for; it goes on listening. */
export function arrive(moment: Moment, place: Place, frame: WaitFrame, message: Message): Moment {
  const arrived = remember(moment, place, { ...frame, arrived: [...(frame.arrived ?? []), message] });
  return next(arrived, { kind: 'done', place });
}

/** Does what a listener is there for. What would interrupt once the pivot took effect comes too late. */
export function listened(moment: Moment, place: Place<ScopeNode>, child: Place): Moment {
  const { arrived = [], ...frame } = frameAt(moment, child, 'wait')!;
  const [message, ...others] = arrived;
  const taken = remember(moment, child, { ...frame, ...(others.length > 0 && { arrived: others }) });
  const { raise, ask } = listenerAt(place, child);
  if (raise === undefined) return runBeside(taken, place, child, message!);
  if (isPastPivot(taken)) {
    const told = emit(taken, {
      kind: 'caught',
      path: `${ask.block}.too-late`,
      error: raise,
      block: ask.block,
    });
    return runBeside(told, place, child, message!);
  }
  const text = `${message!.event?.type ?? 'an event'} came`;
  const failure = failureOf(taken, place, raise, text, message!.data);
  return interrupt(taken, place, { signal: 'error', failure });
}

/** Blocks that ran beside are done, or dropped. */
export function withoutBeside({ beside = [], ...frame }: ScopeFrame, child: Place): ScopeFrame {
  const others = beside.filter((key) => key !== child.key);
  return others.length === 0 ? frame : { ...frame, beside: others };
}

function runBeside(moment: Moment, place: Place<ScopeNode>, child: Place, message: Message): Moment {
  const slot = besideSlot + child.site.slot.slice(askSlot.length);
  const index = place.site.children.findIndex((site) => site.slot === slot);
  if (index < 0) return moment;
  const { rounds } = moment.state;
  const counter = `${child.key}/runs`;
  const run = 1 + (rounds?.[counter] ?? 0);
  const blocks = childOf(place, index, String(run));
  const frame = frameAt(moment, place, 'scope')!;
  const counted = change(moment, { rounds: { ...rounds, [counter]: run } });
  const begun = remember(counted, place, { ...frame, beside: [...(frame.beside ?? []), blocks.key] });
  return enter(recordMessage(begun, blocks, message), blocks);
}

function listenerAt(place: Place<ScopeNode>, child: Place): Listener {
  return place.site.node.listeners![Number(child.site.slot.slice(askSlot.length))]!;
}
