import type { Json } from '#libs/messaging';
import type { BlockResult, ClassedParts, Program } from '#libs/saga';
import type { ParkedRow } from '../lane-store.js';
import type { Control } from './control.js';
import { cover, maskedEntry, maskOf, type Mask } from './masking.js';
import type { SagaView } from './saga-view.js';
import { timelineOf } from './timeline.js';

/** What of a saga is looked at to know what is classed. */
export interface ClassedState {
  readonly input: Json;
  readonly steps: Readonly<Record<string, BlockResult>>;
}

/** What covers the classed data of a saga, and what people wrote about it, where that is classed. */
export function maskOfSaga(
  { input, steps }: ClassedState,
  classed: ClassedParts,
  written: readonly string[] = [],
): Mask {
  const outputs = Object.entries(steps).map(
    ([block, { output }]) => [output, classed.outputs[block]] as const,
  );
  const { notes } = classed;
  const whole = notes === undefined ? [] : [{ path: [], fieldClass: notes }];
  return maskOf([[input, classed.input], ...outputs, [[...written], whole]]);
}

/** What people wrote when they started a saga or did something to it. */
function writtenAbout({ audits, history }: SagaView): readonly string[] {
  const inputs = history.flatMap(({ entries }) => entries.map(({ input }) => input));
  const reasons = inputs.map((input) => {
    if (input.kind === 'start') return input.origin?.reason;
    return input.kind === 'action' ? input.reason : undefined;
  });
  return [...audits.map(({ reason }) => reason), ...reasons].filter((reason) => reason !== undefined);
}

/** A saga with what is classed covered. Without its program nobody knows what that is, so its data is left out. */
export function maskedView(view: SagaView, program: Program | undefined): SagaView {
  if (program === undefined)
    return {
      ...view,
      input: cover('unknown'),
      steps: {},
      history: [],
      timeline: [],
      control: view.control.map(withoutName),
      parked: view.parked.map(coveredRecord),
    };
  const { classed } = program;
  if (classed === undefined) return view;
  const mask = maskOfSaga(view, classed, writtenAbout(view));
  const history = view.history.map((page) => ({
    ...page,
    entries: page.entries.map((entry) => maskedEntry(entry, classed, mask)),
  }));
  const { why, failure, parked, waitsFor, control, incidents, audits } = view;
  return {
    ...view,
    input: mask.parts(view.input, classed.input),
    steps: Object.fromEntries(
      Object.entries(view.steps).map(([block, result]) => [
        block,
        { ...result, output: mask.parts(result.output, classed.outputs[block]) },
      ]),
    ),
    ...(why === undefined ? {} : { why: mask.repeats(why) }),
    ...(failure === undefined ? {} : { failure: mask.repeats(failure) }),
    history,
    timeline: timelineOf(history.flatMap(({ entries }) => entries)),
    waitsFor: mask.repeats(waitsFor),
    control: mask.repeats(control),
    incidents: mask.repeats(incidents),
    audits: mask.repeats(audits),
    parked: parked.map(coveredRecord),
  };
}

/** The bytes of a record may hold anything. */
export function coveredRecord(row: ParkedRow): ParkedRow {
  return row.value === null ? row : { ...row, value: Buffer.from(cover('record')) };
}

/** A name may be the key of what is waited for. */
function withoutName(control: Control): Control {
  const { name: _, ...holder } = control;
  return holder;
}
