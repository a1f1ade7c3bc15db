import { describe, expect, it } from '@jest/globals';
import { header, type InboundRecord } from '#libs/messaging';
import { CauseBook } from './cause-book.js';

const event = record(100, { [header.id]: 'order-1', [header.type]: 'order.placed' });
const command = record(107, { [header.id]: 'c-1', [header.causation]: 'order-1' });
const answer = record(120, {
  [header.id]: 'c-1.succeeded',
  [header.causation]: 'c-1',
  [header.outcome]: 'succeeded',
});
const outcome = record(125, { [header.id]: 'o-1', [header.causation]: 'c-1.succeeded' });

describe('a book of causes', () => {
  it('measures from the event to the command and from the answer to the outcome', () => {
    const times = timesOf(event, command, answer, outcome);

    expect([times.eventToCommand.p50, times.answerToNext.p50]).toEqual([7, 5]);
  });

  it('joins them in whichever order they are read', () => {
    expect(timesOf(outcome, answer, command, event)).toEqual(timesOf(event, command, answer, outcome));
  });

  it('counts the first copy of what was stored twice', () => {
    const again = { ...command, timestamp: 900 };

    expect(timesOf(event, command, again, answer, outcome)).toEqual(timesOf(event, command, answer, outcome));
  });

  it('passes over what a coordinator writes to itself', () => {
    const start = record(103, {
      [header.id]: 's-1',
      [header.causation]: 'order-1',
      [header.record]: 'start/1',
    });

    expect(timesOf(event, start, command, answer, outcome).eventToCommand.p50).toBe(7);
  });
});

function timesOf(...records: readonly InboundRecord[]) {
  const book = new CauseBook('order.placed');
  for (const each of records) book.enter(each);
  return book.times();
}

function record(timestamp: number, headers: Readonly<Record<string, string>>): InboundRecord {
  const bytes = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)] as const);
  return {
    topic: 't',
    part: 0,
    offset: 0,
    timestamp,
    key: null,
    value: null,
    headers: Object.fromEntries(bytes),
  };
}
