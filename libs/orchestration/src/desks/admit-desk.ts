import { admit, type AdmissionEffect, type AdmissionState, type AdmissionTurn } from '#libs/saga';
import type { AuditRow, GatedCount, IncidentRow } from '../lane-store.js';
import { withLines, type AdmissionLine } from './admission-log.js';
import { admitKind, type AdmissionMessage, type KeptStart } from './admission-messages.js';
import type { Desk, DeskInput, DeskMoment, DeskPost, DeskTurn } from './desk.js';

/** Tag of the keys that are frozen. */
export const frozenTag = 'frozen';

/** What the desk remembers of a key. */
export interface AdmissionDeskState {
  readonly admission: AdmissionState;
  readonly log: readonly AdmissionLine[];
}

/** Decides which starts of a key count; see {@link admit}. */
export const admitDesk: Desk<AdmissionDeskState> = {
  kind: admitKind,
  fold(state, input, moment): DeskTurn<AdmissionDeskState> {
    const message = messageOf(input);
    const turn = admit(state?.admission, message, moment.now);
    return {
      state: {
        admission: turn.state,
        log: withLines(state?.log ?? [], message, turn.effects, moment.now),
      },
      posts: turn.effects.flatMap((effect) => postsOf(effect, moment)),
      wakeAt: turn.wakeAt,
      expiresAt: turn.expiresAt,
      tags: turn.state.frozenAt === undefined ? [] : [frozenTag],
      audits: [
        ...turn.effects.flatMap((effect) => refusedRequest(effect, moment)),
        ...thawAudit(message, turn, moment),
      ],
      incidents: turn.effects.flatMap((effect) => incidentOf(effect, moment)),
      gated: turn.effects.flatMap(countOf),
    };
  },
};

function messageOf(input: DeskInput): AdmissionMessage | { readonly kind: 'due' } {
  return input.kind === 'due' ? input : (input.message as unknown as AdmissionMessage);
}

function keptStart(effect: Extract<AdmissionEffect, { readonly candidate: unknown }>): KeptStart {
  return effect.candidate.start as unknown as KeptStart;
}

function postsOf(effect: AdmissionEffect, { now }: DeskMoment): readonly DeskPost[] {
  switch (effect.kind) {
    case 'start': {
      const { head, input, trace } = keptStart(effect);
      return [{ kind: 'start', saga: effect.candidate.saga, head, input, trace }];
    }
    case 'cancel': {
      const reason = `${effect.candidate.trigger} asks for a new saga of the same key`;
      const request = `admit/${effect.candidate.saga}`;
      const head = { request, action: 'cancel', by: 'skald', reason, at: now };
      return [{ kind: 'action', saga: effect.saga, head, data: { own: true } }];
    }
    case 'refused':
    case 'frozen':
    case 'thawed':
      return [];
  }
}

/** Whoever asked for a start by API is told that it will not come to it. */
function refusedRequest(effect: AdmissionEffect, { now }: DeskMoment): readonly AuditRow[] {
  if (effect.kind !== 'refused') return [];
  const { request, source } = keptStart(effect).head;
  if (request === undefined) return [];
  const { saga } = effect.candidate;
  return [{ request, saga, at: now, action: 'start', by: source, result: 'refused', detail: effect.reason }];
}

function thawAudit(
  message: ReturnType<typeof messageOf>,
  { effects }: AdmissionTurn,
  { id, now }: DeskMoment,
): readonly AuditRow[] {
  if (message.kind !== 'thaw') return [];
  const { request, by, reason } = message;
  const isThawed = effects.some(({ kind }) => kind === 'thawed');
  const outcome = isThawed
    ? { result: 'done' as const, detail: '' }
    : { result: 'refused' as const, detail: 'the key is not frozen' };
  return [{ request, saga: id, at: now, action: 'thaw', by, reason, ...outcome }];
}

function incidentOf(effect: AdmissionEffect, { id, key, now }: DeskMoment): readonly IncidentRow[] {
  const incident = { saga: id, id: 'frozen', code: 'KEY_FROZEN', at: now };
  if (effect.kind === 'thawed') return [{ ...incident, open: false, message: '' }];
  if (effect.kind !== 'frozen') return [];
  const values = effect.values.map((value) => JSON.stringify(value)).join(', ');
  const message = `${key} went back and forth: ${values}. Nothing is started for it until somebody thaws it`;
  return [{ ...incident, open: true, message }];
}

function countOf(effect: AdmissionEffect): readonly GatedCount[] {
  if (effect.kind !== 'refused') return [];
  const { definition } = keptStart(effect).head;
  return [{ definition, event: effect.candidate.trigger, gate: effect.reason, count: 1 }];
}
