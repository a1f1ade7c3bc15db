import { describe, expect, it } from '@jest/globals';
import { after, openTime, type Calendar } from './calendar.js';

const nineToFive = [[540, 1_020]] as const;
const office: Calendar = {
  name: 'office-hours',
  zone: 'Europe/Berlin',
  open: [nineToFive, nineToFive, nineToFive, nineToFive, nineToFive, [], []],
  closed: ['2026-12-25', '01-01'],
};

/** When a span is over that begins at a time of Berlin. */
function ends(from: string, span: { days?: number; ms?: number }, calendar: Calendar = office): string {
  return new Date(after({ days: 0, ms: 0, ...span }, Date.parse(from), calendar)).toISOString();
}

const minute = 60_000;
const hour = 60 * minute;

describe('an hour of office time', () => {
  it('passes within a working day', () => {
    expect(ends('2026-11-20T10:00:00+01:00', { ms: hour })).toBe('2026-11-20T10:00:00.000Z');
  });

  it('ends on Monday when it begins on Friday evening', () => {
    expect(ends('2026-11-20T16:55:00+01:00', { ms: hour })).toBe('2026-11-23T08:55:00.000Z');
  });

  it('begins at nine when asked for at night', () => {
    expect(ends('2026-11-20T03:00:00+01:00', { ms: hour })).toBe('2026-11-20T09:00:00.000Z');
  });

  it('jumps over a holiday and the weekend behind it', () => {
    expect(ends('2026-12-24T16:30:00+01:00', { ms: hour })).toBe('2026-12-28T08:30:00.000Z');
  });

  it('jumps over a day that is closed every year', () => {
    expect(ends('2026-12-31T16:30:00+01:00', { ms: hour })).toBe('2027-01-04T08:30:00.000Z');
  });
});

describe('a working day', () => {
  it('leads from Friday 16:55 to Monday 16:55', () => {
    expect(ends('2026-11-20T16:55:00+01:00', { days: 1 })).toBe('2026-11-23T15:55:00.000Z');
  });

  it('begins when work does', () => {
    expect(ends('2026-11-21T12:00:00+01:00', { days: 1 })).toBe('2026-11-24T08:00:00.000Z');
  });

  it('ends with work where the day is shorter', () => {
    const short: Calendar = {
      ...office,
      open: office.open.map((day, index) => (index === 4 ? [[540, 780]] : day)),
    };

    expect(ends('2026-11-19T16:00:00+01:00', { days: 1 }, short)).toBe('2026-11-20T12:00:00.000Z');
  });

  it('keeps the hour of the wall clock when clocks change', () => {
    expect(ends('2026-10-23T10:00:00+02:00', { days: 1 })).toBe('2026-10-26T09:00:00.000Z');
  });

  it('is 24 hours without a calendar', () => {
    expect(after({ days: 2, ms: 5 }, 1_000, undefined)).toBe(1_000 + 48 * hour + 5);
  });
});

describe('a night shift while clocks change', () => {
  const night: Calendar = {
    name: 'night',
    zone: 'Europe/Berlin',
    open: Array.from({ length: 7 }, () => [[0, 360]] as const),
    closed: [],
  };

  it('is five hours long in spring', () => {
    expect(openTime(Date.parse('2026-03-28T23:00:00Z'), Date.parse('2026-03-29T12:00:00Z'), night)).toBe(
      5 * hour,
    );
  });

  it('is seven hours long in autumn', () => {
    expect(openTime(Date.parse('2026-10-24T22:00:00Z'), Date.parse('2026-10-25T12:00:00Z'), night)).toBe(
      7 * hour,
    );
  });
});

describe('time between two instants', () => {
  it('counts only what is open', () => {
    const from = Date.parse('2026-11-20T16:00:00+01:00');
    const to = Date.parse('2026-11-23T10:30:00+01:00');

    expect(openTime(from, to, office)).toBe(hour + 90 * minute);
  });

  it('is over at once where nothing is open', () => {
    const from = Date.parse('2026-11-21T10:00:00+01:00');

    expect(openTime(from, from + 24 * hour, office)).toBe(0);
  });
});
