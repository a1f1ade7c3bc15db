import {
  deriveSagaId,
  MalformedRecordError,
  type DeskId,
  type Instant,
  type Json,
  type SagaId,
  type SignedRecord,
  type StartHead,
} from '#libs/messaging';
import { findingOf, type Program } from '#libs/saga';
import { keyText } from '../business-key.js';
import type { LiveSaga } from '../live-saga.js';
import { sourceOf, type Sender } from '../outgoing-effects.js';
import type { ToggleValues } from '../start-toggles.js';
import { deskRecord } from './desk-record.js';
import type { DeskPost } from './desk.js';

/** Whom a saga tells what it has found out. */
type Informed = NonNullable<StartHead['informs']>;

/** What a desk hears of a saga that it had run. Without `known` there is nothing, and `reason` says why. */
export interface InformedMessage {
  readonly kind: 'informed';
  readonly id: string;
  readonly saga?: SagaId;
  readonly known?: { readonly value: Json; readonly asOf: Instant };
  readonly reason?: string;
}

/** The start of a saga that a desk has run; or what it hears instead. */
export function informingStart(
  sender: Sender & { readonly definitions: ToggleValues },
  from: DeskId,
  { definition, input, informs, at }: Extract<DeskPost, { readonly kind: 'run' }>,
): SignedRecord {
  const program = sender.definitions.current(definition);
  if (program === undefined) return uninformed(informs, `${definition} is not published`);
  const problems = program.inputProblems(input);
  if (problems.length > 0)
    return uninformed(informs, `not an input of ${definition}: ${problems.join('; ')}`);
  try {
    return startOf(sender, from, program, { input, informs, at });
  } catch (error) {
    if (error instanceof MalformedRecordError) return uninformed(informs, error.message);
    throw error;
  }
}

/** The business key of the saga that a desk has run under this name. */
export function informingKey({ key, id }: Pick<Informed, 'key' | 'id'>): string {
  return `${key} ${id}`;
}

function startOf(
  { installation, definitions }: Sender & { readonly definitions: ToggleValues },
  from: DeskId,
  program: Program,
  { input, informs, at }: { readonly input: Json; readonly informs: Informed; readonly at: Instant },
): SignedRecord {
  const { definition, version } = program;
  const identity = {
    definition,
    businessKey: keyText(definition, informingKey(informs)),
    source: sourceOf(installation),
    eventId: `${from}.${informs.id}`,
    at,
  };
  const saga = deriveSagaId({ ...identity, installation: installation.name });
  const toggles = definitions.togglesOf(program);
  // Definition and version come first: that is how it is seen which program has to be loaded.
  const which = { definition, version };
  const head = { ...which, ...identity, eventType: informs.desk, toggles, hops: 1, informs };
  return { kind: 'start', saga, head, input, trace: {} };
}

/** What a saga that has ended says to the desk that had it run. */
export function foundOut({ id: saga, program, state }: LiveSaga, now: Instant): SignedRecord | undefined {
  const { informs } = state.facts;
  if (informs === undefined) return undefined;
  const finding = findingOf(program, state, now);
  if (finding.kind === 'nothing') return informedRecord(informs, { saga, reason: finding.reason });
  const { value, asOf } = finding;
  return informedRecord(informs, { saga, known: { value, asOf } });
}

/** What a desk hears whose saga has not begun. */
export function uninformed(informs: Informed, reason: string): SignedRecord {
  return informedRecord(informs, { reason });
}

function informedRecord(
  { desk, key, id }: Informed,
  found: Omit<InformedMessage, 'kind' | 'id'>,
): SignedRecord {
  const message: InformedMessage = { kind: 'informed', id, ...found };
  return deskRecord(desk, key, message as unknown as Json);
}
