import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#libs/testing';
import { JsonLog, logLevelOf, type LogLevel } from './json-log.js';

function givenLog(level?: LogLevel) {
  const lines: string[] = [];
  const clock = new FakeClock(Date.parse('2026-01-31T12:00:00Z'));
  const log = new JsonLog({
    clock,
    fields: { service: 'shop' },
    write: (line) => lines.push(line),
    ...(level && { level }),
  });
  return {
    log,
    lines,
    messages: () => lines.map((line) => (JSON.parse(line) as { message: string }).message),
  };
}

describe('a log line', () => {
  it('is one JSON object with time, level and fields', () => {
    const { log, lines } = givenLog();

    log.warn('lane is halted', { lane: 'skald.home/3' });

    expect(lines).toEqual([
      '{"time":"2026-01-31T12:00:00.000Z","level":"warn","message":"lane is halted","service":"shop","lane":"skald.home/3"}\n',
    ]);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['error', ['error']],
  ] as const)('is written from level %s upwards', (level, expected) => {
    const { log, messages } = givenLog(level);

    log.debug('debug');
    log.info('info');
    log.warn('warn');
    log.error('error');

    expect(messages()).toEqual(expected);
  });
});

describe('the level of the log', () => {
  it('is info unless SKALD_LOG_LEVEL says otherwise', () => {
    expect(logLevelOf({})).toBe('info');
    expect(logLevelOf({ SKALD_LOG_LEVEL: 'debug' })).toBe('debug');
  });

  it('is refused when it does not exist', () => {
    expect(() => logLevelOf({ SKALD_LOG_LEVEL: 'loud' })).toThrow('debug, info, warn, error');
  });
});
