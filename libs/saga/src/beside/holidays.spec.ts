import { describe, expect, it } from '@jest/globals';
import { readHolidays } from './holidays.js';

function ics(...lines: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

function event(...lines: readonly string[]): readonly string[] {
  return ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];
}

describe('a file of holidays', () => {
  it('names single days', () => {
    const text = ics(...event('DTSTART;VALUE=DATE:20261225', 'SUMMARY:Christmas Day'));

    expect(readHolidays(text)).toEqual({ days: ['2026-12-25'], problems: [] });
  });

  it('names every day before the end of an event', () => {
    const text = ics(...event('DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227'));

    expect(readHolidays(text).days).toEqual(['2026-12-24', '2026-12-25', '2026-12-26']);
  });

  it('names a day of every year', () => {
    const text = ics(...event('DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=YEARLY'));

    expect(readHolidays(text).days).toEqual(['01-01']);
  });

  it('reads folded lines and leaves out what was called off', () => {
    const text = ics(
      ...event('DTSTART;VALUE=DA', ' TE:20260501', 'SUMMARY:Labour', '  Day'),
      ...event('DTSTART;VALUE=DATE:20260502', 'STATUS:CANCELLED'),
    );

    expect(readHolidays(text).days).toEqual(['2026-05-01']);
  });

  it('says which rules it does not read, and where', () => {
    const text = ics(...event('DTSTART;VALUE=DATE:20261126', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'));

    expect(readHolidays(text)).toEqual({
      days: [],
      problems: [
        {
          line: 5,
          message:
            'of rules only FREQ=YEARLY is read, and this is FREQ=YEARLY;BYMONTH=11;BYDAY=4TH; write the days out',
        },
      ],
    });
  });

  it('says which dates there are not', () => {
    const text = ics(...event('DTSTART;VALUE=DATE:20260230'));

    expect(readHolidays(text).problems).toEqual([
      { line: 3, message: 'an event needs a DTSTART such as DTSTART;VALUE=DATE:20261225' },
    ]);
  });
});
