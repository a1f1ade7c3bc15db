import { describe, expect, it } from '@jest/globals';
import { nextScheduled, readSchedule } from './schedule.js';

function nextOf(text: string, after: string, zone?: string): string | undefined {
  const next = nextScheduled(readSchedule(text, zone), Date.parse(after));
  return next === undefined ? undefined : new Date(next).toISOString();
}

describe('a schedule', () => {
  it.each([
    ['30 5 * * mon-sat', '2026-11-21T05:30:00Z', '2026-11-23T05:30:00.000Z'],
    ['30 5 * * mon-sat', '2026-11-21T05:29:59Z', '2026-11-21T05:30:00.000Z'],
    ['*/15 * * * *', '2026-11-21T10:07:00Z', '2026-11-21T10:15:00.000Z'],
    ['0 0 29 2 *', '2026-11-21T10:07:00Z', '2028-02-29T00:00:00.000Z'],
    ['0 12 1 * fri', '2026-11-21T10:07:00Z', '2026-11-27T12:00:00.000Z'],
    ['0 12 1,15 jan,jul *', '2026-11-21T10:07:00Z', '2027-01-01T12:00:00.000Z'],
    ['5 8-18/5 * * 7', '2026-11-21T10:07:00Z', '2026-11-22T08:05:00.000Z'],
  ])('%s after %s is due at %s', (text, after, due) => {
    expect(nextOf(text, after)).toBe(due);
  });
});

describe('a schedule in Berlin', () => {
  const zone = 'Europe/Berlin';

  it('follows the clock of the zone through the year', () => {
    expect(nextOf('30 5 * * *', '2026-07-01T00:00:00Z', zone)).toBe('2026-07-01T03:30:00.000Z');
    expect(nextOf('30 5 * * *', '2026-12-01T00:00:00Z', zone)).toBe('2026-12-01T04:30:00.000Z');
  });

  it('is due after the jump when the clock jumps over it', () => {
    expect(nextOf('30 2 * * *', '2026-03-28T12:00:00Z', zone)).toBe('2026-03-29T01:30:00.000Z');
    expect(nextOf('30 2 * * *', '2026-03-29T01:30:00Z', zone)).toBe('2026-03-30T00:30:00.000Z');
  });

  it('is due once when the clock shows it twice', () => {
    expect(nextOf('30 2 * * *', '2026-10-24T12:00:00Z', zone)).toBe('2026-10-25T00:30:00.000Z');
    expect(nextOf('30 2 * * *', '2026-10-25T00:30:00Z', zone)).toBe('2026-10-26T01:30:00.000Z');
  });

  it('keeps the pace of every quarter through the hour that comes twice', () => {
    const times = ['2026-10-25T00:50:00Z'];
    for (let round = 0; round < 5; round += 1) times.push(nextOf('*/15 * * * *', times.at(-1)!, zone)!);

    expect(times.slice(1).map((time) => time.slice(11, 16))).toEqual([
      '01:00',
      '01:15',
      '01:30',
      '01:45',
      '02:00',
    ]);
  });
});

describe('a text that is no schedule', () => {
  it.each([
    ['5 5 * *', /five fields/],
    ['61 5 * * *', /"61" is no minute: it is a number from 0 to 59/],
    ['0 5 * * monday', /"monday" is no day of the week: .* or sun to sat/],
    ['0 5 5-1 * *', /goes backwards/],
    ['0 5 */0 * *', /is no day of the month/],
    ['0 0 30 2 *', /no day is ever like that/],
  ])('"%s" is refused', (text, message) => {
    expect(() => readSchedule(text)).toThrow(message);
  });

  it('names a zone nobody knows', () => {
    expect(() => readSchedule('0 5 * * *', 'Europe/Berln')).toThrow(/there is no zone "Europe\/Berln"/);
  });
});
