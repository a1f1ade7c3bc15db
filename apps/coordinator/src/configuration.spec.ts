import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from './configuration.js';
import { soundEnvironment } from './sound-environment.fixture.js';

function messageOf(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    readConfiguration(environment);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a complete environment', () => {
  it('gives settings with their defaults', () => {
    const { installation, port, homePartitions, topics, maxBodyBytes, answerMs, kafka } = readConfiguration({
      SKALD_SECRET: '0123456789abcdef',
      DATABASE_URL: 'postgres://localhost/skald',
      KAFKA_BROKERS: 'one:9092, two:9092',
    });

    expect({ installation, port, homePartitions, maxBodyBytes, answerMs }).toEqual({
      installation: 'skald',
      port: 8080,
      homePartitions: 12,
      maxBodyBytes: 1_000_000,
      answerMs: 5_000,
    });
    expect(topics).toEqual({ create: true, partitions: 12 });
    expect(kafka.brokers).toEqual(['one:9092', 'two:9092']);
  });

  it('keeps the first secret as the one that signs', () => {
    const { keyring } = readConfiguration({
      ...soundEnvironment,
      SKALD_SECRET: 'new:fedcba9876543210,old:0123456789abcdef',
    });

    expect(keyring.keys).toEqual([
      { id: 'new', secret: 'fedcba9876543210' },
      { id: 'old', secret: '0123456789abcdef' },
    ]);
  });

  it('takes a secret without an id', () => {
    const { keyring } = readConfiguration({ ...soundEnvironment, SKALD_SECRET: '0123456789abcdef' });

    expect(keyring.keys).toEqual([{ id: '1', secret: '0123456789abcdef' }]);
  });
});

describe('an environment with mistakes', () => {
  it('names every missing variable at once', () => {
    const message = messageOf({});

    expect(message).toContain('SKALD_SECRET is missing');
    expect(message).toContain('DATABASE_URL is missing');
    expect(message).toContain('KAFKA_BROKERS is missing');
  });

  it('says what a number has to be', () => {
    expect(messageOf({ ...soundEnvironment, PORT: '80a' })).toContain(
      'PORT is "80a"; it has to be a whole number from 0 to 65535',
    );
  });

  it('lists what a choice can be', () => {
    expect(messageOf({ ...soundEnvironment, SKALD_LOG_LEVEL: 'loud' })).toContain(
      'allowed are debug, info, warn, error',
    );
    expect(messageOf({ ...soundEnvironment, SKALD_AUTO_INSTALL: 'yes' })).toContain(
      'allowed are true, false',
    );
  });

  it('refuses a short secret without showing it', () => {
    const message = messageOf({ ...soundEnvironment, SKALD_SECRET: 'k1:hushhush' });

    expect(message).toContain('the secret with id k1 is shorter than 16 characters');
    expect(message).not.toContain('hushhush');
  });

  it('refuses two secrets with one id', () => {
    expect(
      messageOf({ ...soundEnvironment, SKALD_SECRET: 'a:0123456789abcdef,a:fedcba9876543210' }),
    ).toContain('the same id');
  });

  it('refuses a database that is not Postgres', () => {
    expect(messageOf({ ...soundEnvironment, DATABASE_URL: 'mysql://localhost/x' })).toContain(
      'DATABASE_URL has to begin with postgres://',
    );
  });
});
