import { at, isMap, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { classedParts, classesAt, classesOf, type ClassedPart } from '../expression/field-classes.js';
import type { StaticType } from '../expression/static-type.js';
import type { Place } from '../expression/place.js';
import { participantOf } from '../participant-of.js';
import type { Expression } from '../scope-values.js';
import type { Contracts } from './contracts.js';
import { bareExpression, valueExpression } from './expressions.js';

/** Data that leaves a saga, and where it is written. */
export interface Leaving {
  readonly type: StaticType;
  readonly cursor: Cursor;
  /** The fields are written under the cursor, rather than taken over from elsewhere. */
  readonly isWritten: boolean;
}

/** Complains about data that a participant must not see by its clearance. */
export function checkClearance(
  call: string,
  leaving: Leaving,
  { participants }: Contracts,
  log: ProblemLog,
): void {
  const name = participantOf(call);
  const clearance = participants.get(name)?.clearance;
  if (clearance === undefined) return;
  const seen = clearance.length === 0 ? 'nothing that is classed' : clearance.join(', ');
  for (const part of classedParts(leaving.type)) {
    if (clearance.includes(part.fieldClass)) continue;
    log.error(
      cursorOf(leaving, part),
      `Participant "${name}" must not see ${partName(part)}, which is classed "${part.fieldClass}": it is cleared for ${seen}. ${advice(call, leaving)}`,
    );
  }
}

/** Complains about an event that tells everybody what is classed, unless its owner's contract classes it like that. */
export function checkPublished(
  event: string,
  leaving: Leaving,
  { eventTypes }: Contracts,
  log: ProblemLog,
): void {
  const declared = eventTypes.get(event) ?? { kind: 'any' };
  for (const part of classedParts(leaving.type)) {
    if (classesAt(declared, part.path).includes(part.fieldClass)) continue;
    log.error(
      cursorOf(leaving, part),
      `Everybody may read the event "${event}", and ${partName(part)} is classed "${part.fieldClass}". Leave it out, or class it in the event's schema: \`x-class: ${part.fieldClass}\`.`,
    );
  }
}

/** Complains about an input that forgets how what it comes from is classed. */
export function checkTakenIn(input: StaticType, leaving: Leaving, log: ProblemLog, saga = 'the saga'): void {
  for (const part of classedParts(leaving.type)) {
    if (classesAt(input, part.path).includes(part.fieldClass)) continue;
    log.error(
      cursorOf(leaving, part),
      `Here ${partName(part)} comes in, classed "${part.fieldClass}", and the \`input\` of ${saga} does not say so. Add \`x-class: ${part.fieldClass}\` to its schema.`,
    );
  }
}

/** Complains about a fact that would not be classed as what it is read from. */
export function checkKept(value: StaticType, leaving: Leaving, fact: string, log: ProblemLog): void {
  for (const part of classedParts(leaving.type)) {
    if (classesAt(value, part.path).includes(part.fieldClass)) continue;
    log.error(
      cursorOf(leaving, part),
      `Here ${partName(part)} becomes known, classed "${part.fieldClass}", and the fact "${fact}" does not say so. Add \`x-class: ${part.fieldClass}\` to the schema of the event that tells it.`,
    );
  }
}

/** Complains about what is classed in something that stands in every list. */
export function checkOpenlySeen(
  cursor: Cursor,
  type: StaticType | undefined,
  what: string,
  log: ProblemLog,
): void {
  const [first] = type === undefined ? [] : classesOf(type);
  if (first === undefined) return;
  log.error(
    cursor,
    `Everybody sees ${what}, and this holds what is classed "${first}". Use something that is not classed.`,
  );
}

/** A bare expression for something that stands in every list, such as a key. */
export function openlySeenExpression(
  cursor: Cursor,
  place: Place,
  what: string,
  log: ProblemLog,
): Expression {
  checkOpenlySeen(cursor, bareExpression(cursor, place, log)?.type, what, log);
  return valueExpression(cursor, place, log);
}

function advice(call: string, { isWritten }: Leaving): string {
  return isWritten
    ? 'Leave it out.'
    : `Say under \`with\` what "${call}" gets, or leave the field out of its contract.`;
}

function cursorOf({ cursor, isWritten }: Leaving, { path }: ClassedPart): Cursor {
  if (!isWritten) return cursor;
  return path.reduce((found, step) => (isMap(found.value) ? (at(found, step) ?? found) : found), cursor);
}

function partName({ path }: ClassedPart): string {
  return path.length === 0 ? 'this' : `"${path.join('.')}"`;
}
