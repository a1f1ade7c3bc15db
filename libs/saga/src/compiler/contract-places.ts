import type { Place } from '../expression/place.js';
import { ANY, STRING, TIMESTAMP, type RecordType, type StaticType } from '../expression/static-type.js';

const EVENT_ATTRIBUTES: RecordType = {
  kind: 'record',
  title: '`event`',
  open: false,
  fields: { id: STRING, source: STRING, type: STRING, time: { ...TIMESTAMP, stored: 'text' } as StaticType },
};

/** What expressions of an event's contract can mention: the event alone. */
export function eventPlace(data: StaticType, extra: Place['roots'] = {}): Place {
  return { roots: { data, event: EVENT_ATTRIBUTES, ...extra }, steps: new Map(), blocks: new Set() };
}

/** What expressions about an answer can mention. */
export function answerPlace(data: StaticType): Place {
  return { roots: { data }, steps: new Map(), blocks: new Set() };
}

/** What a command was sent with, as `self`. */
export function selfSent(sent: StaticType = ANY): RecordType {
  return { kind: 'record', title: '`self`', open: false, fields: { sent } };
}
