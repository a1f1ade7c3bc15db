import { describe, expect, it } from '@jest/globals';
import { header, type InboundRecord } from '#libs/messaging';
import { ChainBook } from './chain-book.js';

const event = record(100, { [header.id]: 'e-1', [header.type]: 'line.begun' });
const first = asked(107, 'c-1', 'first.work', 'e-1');
const firstDone = replied(120, 'c-1');
const second = asked(124, 'c-2', 'second.work', 'c-1.succeeded');
const secondDone = replied(140, 'c-2');
const whole = [event, first, firstDone, second, secondDone];

describe('a book of a chain', () => {
  it('adds up what is no stage of its own', () => {
    expect(timesOf(...whole)).toMatchObject({
      eventToCommand: { p50: 7 },
      answerToNext: { p50: 4 },
      overhead: { p50: 11 },
      inOrder: 1,
    });
  });

  it('reads them in whichever order, and what was stored twice once', () => {
    const again = { ...second, timestamp: 900 };

    expect(timesOf(...[...whole].reverse())).toEqual(timesOf(...whole));
    expect(timesOf(...whole, again)).toEqual(timesOf(...whole));
  });

  it.each<[string, readonly InboundRecord[]]>([
    ['is missing', [event, first, firstDone]],
    ['was not answered', [event, first, firstDone, second]],
    ['was asked as two operations', [...whole, asked(150, 'c-3', 'second.work', 'c-1.succeeded')]],
    ['did not wait for the one before', [event, first, firstDone, asked(124, 'c-2', 'second.work', 'e-1')]],
  ])('leaves out a saga of which a stage %s', (_what, records) => {
    expect(timesOf(...records).inOrder).toBe(0);
  });

  it('leaves out a saga whose stages are the wrong way round', () => {
    const turned = [
      event,
      asked(107, 'c-1', 'second.work', 'e-1'),
      firstDone,
      asked(124, 'c-2', 'first.work', 'c-1.succeeded'),
      secondDone,
    ];

    expect(timesOf(...turned).inOrder).toBe(0);
  });
});

function timesOf(...records: readonly InboundRecord[]) {
  const book = new ChainBook('line.begun', ['first.work', 'second.work']);
  for (const each of records) book.enter(each);
  return book.times();
}

function asked(at: number, id: string, type: string, cause: string): InboundRecord {
  return record(at, {
    [header.id]: id,
    [header.type]: type,
    [header.causation]: cause,
    [header.correlation]: 'saga-1',
  });
}

function replied(at: number, command: string): InboundRecord {
  return record(at, {
    [header.id]: `${command}.succeeded`,
    [header.causation]: command,
    [header.outcome]: 'succeeded',
    [header.correlation]: 'saga-1',
  });
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
