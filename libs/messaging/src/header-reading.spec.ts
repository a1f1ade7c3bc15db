import { describe, expect, it } from '@jest/globals';
import { header } from './header-name.js';
import { integerHeader, jsonValue, timeHeader, traceOf } from './header-reading.js';
import { inbound, reasonOf } from './record.fixture.js';

describe('the value of a record', () => {
  it.each([
    ['absent', null],
    ['empty', ''],
  ])('is null when it is %s', (_, value) => {
    expect(jsonValue(inbound({}, value))).toBeNull();
  });

  it('is read as JSON', () => {
    expect(jsonValue(inbound({}, '{"a":[1,"ü"]}'))).toEqual({ a: [1, 'ü'] });
  });

  it('may hold the six characters that spell an escaped NUL', () => {
    expect(jsonValue(inbound({}, String.raw`"\\u0000"`))).toBe(String.raw`\u0000`);
  });

  it.each([
    ['escaped', String.raw`"a\u0000"`],
    ['escaped behind a backslash', String.raw`"\\\u0000"`],
  ])('may not hold NUL, %s', (_, value) => {
    expect(reasonOf(() => jsonValue(inbound({}, value)))).toBe('nul-character');
  });

  it.each(['{', 'hello', 'undefined', '"a\0b"', '\u00ef\u00bb'])('is refused when it is %j', (value) => {
    expect(reasonOf(() => jsonValue(inbound({}, value)))).toBe('not-json');
  });
});

describe('a header with a time', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.123456Z', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31T13:00:00+01:00', '2026-01-31T12:00:00.000Z'],
  ])('is read: %s', (text, expected) => {
    expect(new Date(timeHeader(inbound({ [header.time]: text }), header.time)).toISOString()).toBe(expected);
  });

  it.each([
    '2026-01-31',
    '2026-01-31T12:00:00',
    '2026-13-31T12:00:00Z',
    '1769860800000',
    'now',
    '1969-12-31T23:59:59Z',
  ])('is refused: %s', (text) => {
    expect(reasonOf(() => timeHeader(inbound({ [header.time]: text }), header.time))).toBe(
      'malformed-header',
    );
  });
});

describe('a header with a number', () => {
  it('is read', () => {
    expect(integerHeader(inbound({ n: '42' }), 'n')).toBe(42);
  });

  it.each(['-1', '1.5', '1e3', ' 1', '0x10', '1234567890123456'])('is refused: "%s"', (text) => {
    expect(reasonOf(() => integerHeader(inbound({ n: text }), 'n'))).toBe('malformed-header');
  });

  it.each(['', undefined])('has to be there: %j', (text) => {
    expect(reasonOf(() => integerHeader(inbound(text === undefined ? {} : { n: text }), 'n'))).toBe(
      'missing-header',
    );
  });

  it('is quoted shortly when it is refused', () => {
    expect(() => integerHeader(inbound({ n: 'x'.repeat(5_000) }), 'n')).toThrow(
      `header n is "${'x'.repeat(60)}…"`,
    );
  });
});

describe('the trace context of a record', () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

  it('is read with its state and baggage', () => {
    const headers = { traceparent, tracestate: 'v=1', baggage: 'tenant=x' };

    expect(traceOf(inbound(headers))).toEqual(headers);
  });

  it.each([
    '',
    'hello',
    `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`,
    `${traceparent}\0`,
    `${traceparent}-${'x'.repeat(500)}`,
  ])('is absent when it is malformed: %j', (text) => {
    expect(traceOf(inbound({ traceparent: text, baggage: 'tenant=x' }))).toEqual({});
  });

  it('says how a trace begins, also one in another convention', () => {
    expect(traceOf(inbound({ 'saga-trace-start': 'join' }))).toEqual({ 'saga-trace-start': 'join' });
    expect(traceOf(inbound({ 'saga-trace-start': 'often' }))).toEqual({});
  });

  it('drops state and baggage that are too long or not text', () => {
    const headers = { traceparent, tracestate: 'v'.repeat(513), baggage: 'a\0b' };

    expect(traceOf(inbound(headers))).toEqual({ traceparent });
  });
});
