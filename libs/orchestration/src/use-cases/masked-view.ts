import type { Json } from '#libs/messaging';
import type { BlockResult, ClassedParts, Program } from '#libs/saga';
import type { ParkedRow } from '../lane-store.js';
import { cover, maskedEntry, maskOf, type Mask } from './masking.js';
import type { SagaView } from './saga-view.js';
import { timelineOf } from './timeline.js';

/** What of a saga is looked at to know what is classed. */
export interface ClassedState {
  readonly input: Json;
  readonly steps: Readonly<Record<string, BlockResult>>;
}

/** What covers the classed data of a saga. */
export function maskOfSaga({ input, steps }: ClassedState, classed: ClassedParts): Mask {
  const outputs = Object.entries(steps).map(
    ([block, { output }]) => [output, classed.outputs[block]] as const,
  );
  return maskOf([[input, classed.input], ...outputs]);
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
      parked: view.parked.map(coveredRecord),
    };
  const { classed } = program;
  if (classed === undefined) return view;
  const mask = maskOfSaga(view, classed);
  const history = view.history.map((page) => ({
    ...page,
    entries: page.entries.map((entry) => maskedEntry(entry, classed, mask)),
  }));
  const { failure, parked, waitsFor, incidents, audits } = view;
  return {
    ...view,
    input: mask.parts(view.input, classed.input),
    steps: Object.fromEntries(
      Object.entries(view.steps).map(([block, result]) => [
        block,
        { ...result, output: mask.parts(result.output, classed.outputs[block]) },
      ]),
    ),
    ...(failure === undefined ? {} : { failure: mask.repeats(failure) }),
    history,
    timeline: timelineOf(history.flatMap(({ entries }) => entries)),
    waitsFor: mask.repeats(waitsFor),
    incidents: mask.repeats(incidents),
    audits: mask.repeats(audits),
    parked: parked.map(coveredRecord),
  };
}

/** The bytes of a record may hold anything. */
export function coveredRecord(row: ParkedRow): ParkedRow {
  return row.value === null ? row : { ...row, value: Buffer.from(cover('record')) };
}
