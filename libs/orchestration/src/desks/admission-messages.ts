import type { DomainEvent, Json, SagaId, SignedRecord, StartHead, TraceHeaders } from '#libs/messaging';
import type { Admission, AdmissionInput, AdmissionRules, Trigger, Values } from '#libs/saga';
import { deskRecord } from './desk-record.js';

/** The desk that decides which starts of a key count: one for each key of a definition that has to remember something. */
export const admitKind = 'admit';

/** What the desk has to know of a start beside the start itself. */
export type Candidacy = Omit<
  Extract<AdmissionInput, { readonly kind: 'candidate' }>,
  'kind' | 'candidate'
> & { readonly trigger: string };

/** A start as the desk keeps it. */
export interface KeptStart {
  readonly head: StartHead;
  readonly input: Json;
  readonly trace: TraceHeaders;
  /** The saga whose command caused what asks for the start. */
  readonly cause?: string;
}

/** What the lane of a saga tells the desk of its key. */
export type AdmissionReport = Extract<AdmissionInput, { readonly kind: 'ended' | 'not-started' }>;

/** What is said to the desk. */
export type AdmissionMessage =
  | Exclude<AdmissionInput, { readonly kind: 'due' | 'thaw' }>
  | { readonly kind: 'thaw'; readonly request: string; readonly by: string; readonly reason: string };

/** Reads off a trigger and what happened what the desk has to know. @throws when a condition cannot be computed. */
export function candidacyOf(
  admission: Admission,
  trigger: Trigger,
  event: DomainEvent,
  values: Values,
): Candidacy {
  const { coalesceMs, threshold, echoUnless } = trigger;
  const cause = event.correlation;
  return {
    trigger: trigger.name,
    rules: rulesOf(admission),
    ...(coalesceMs === undefined ? {} : { coalesceMs }),
    ...(threshold === undefined
      ? {}
      : { level: { value: levelOf(threshold.of(values)), below: threshold.below } }),
    ...(cause === undefined ? {} : { cause }),
    ...(cause === undefined || echoUnless === undefined ? {} : { isMaterial: echoUnless(values) }),
  };
}

/** The rules as data. */
export function rulesOf({ conflict, flips }: Admission): AdmissionRules {
  return flips === undefined
    ? { conflict }
    : { conflict, flips: { max: flips.max, withinMs: flips.withinMs } };
}

function levelOf(value: Json): number {
  if (typeof value === 'number') return value;
  throw new Error(`the level of a threshold is a number, and this is ${JSON.stringify(value)}`);
}

/** The record that starts a saga, or asks the desk of its key to. */
export function startOrAsk(
  start: {
    readonly saga: SagaId;
    readonly head: StartHead;
    readonly input: Json;
    readonly candidacy?: Candidacy | undefined;
  },
  trace: TraceHeaders,
): SignedRecord {
  const { saga, head, input, candidacy } = start;
  if (candidacy === undefined) return { kind: 'start', saga, head, input, trace };
  const { trigger, ...rest } = candidacy;
  const admitted = candidacy.rules.conflict === 'ignore' ? head : { ...head, admitted: true as const };
  const { cause } = candidacy;
  const kept: KeptStart = { head: admitted, input, trace, ...(cause === undefined ? {} : { cause }) };
  return admissionRecord(head, {
    kind: 'candidate',
    candidate: { saga, trigger, start: kept as unknown as Json },
    ...rest,
  });
}

/** The record that says something to the desk of a key. */
export function admissionRecord(
  key: Pick<StartHead, 'definition' | 'businessKey'>,
  message: AdmissionMessage,
): Extract<SignedRecord, { readonly kind: 'desk' }> {
  return deskRecord(admitKind, keyName(key), message as unknown as Json);
}

/** What the desk of a key is called. Names of definitions have no slash. */
export function keyName({ definition, businessKey }: Pick<StartHead, 'definition' | 'businessKey'>): string {
  return `${definition}/${businessKey}`;
}
