import { describe, expect, it } from '@jest/globals';
import { readBridgeConfiguration } from './bridge-configuration.js';
import { readConfiguration } from './configuration.js';
import { soundEnvironment } from './sound-environment.fixture.js';

const protectedDatabase = { DATABASE_URL: 'postgres://nowhere/none?sslmode=verify-full' };
const protectedBroker = { KAFKA_SSL: 'true' };
const inTheOpen = {
  broker: expect.stringContaining('the broker is spoken to in the open: set KAFKA_SSL'),
  database: expect.stringContaining('the database is spoken to in the open'),
};

function problemsOf(
  read: (env: Readonly<Record<string, string>>) => unknown,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  try {
    read({ ...soundEnvironment, ...env });
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
}

describe.each([
  ['a coordinator', readConfiguration],
  ['a bridge', readBridgeConfiguration],
] as const)('%s in production', (_, read) => {
  it.each([
    ['broker and database', {}, [inTheOpen.broker, inTheOpen.database]],
    ['the broker', protectedDatabase, [inTheOpen.broker]],
    ['the database', protectedBroker, [inTheOpen.database]],
    [
      'a database that anybody may play',
      { ...protectedBroker, DATABASE_URL: 'postgres://nowhere/none?sslmode=no-verify' },
      [inTheOpen.database],
    ],
    ['nothing', { ...protectedBroker, ...protectedDatabase }, []],
  ])('refuses to speak in the open to %s', (__, env, problems) => {
    expect(problemsOf(read, { SKALD_PROFILE: 'production', ...env })).toEqual(problems);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, ['OTEL_EXPORTER_OTLP_ENDPOINT']],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:4318',
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics:4318',
      },
      ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'],
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318' }, []],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }, []],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' }, []],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, []],
  ])('says nothing to a collector in the open: %j', (env, refused) => {
    const closed = { SKALD_PROFILE: 'production', ...protectedBroker, ...protectedDatabase };

    expect(problemsOf(read, { ...closed, ...env })).toEqual(
      refused.map((name) => expect.stringContaining(`the collector is spoken to in the open: give ${name} `)),
    );
  });

  it('refuses nothing of the kind for development', () => {
    expect(problemsOf(read, {})).toEqual([]);
    expect(problemsOf(read, { SKALD_PROFILE: 'development' })).toEqual([]);
    expect(problemsOf(read, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' })).toEqual([]);
  });
});

describe('a bridge', () => {
  it.each([
    ['development', true],
    ['production', false],
  ])('calls participants without TLS in %s: %s', (profile, allowsOpen) => {
    const env = { ...soundEnvironment, ...protectedBroker, ...protectedDatabase, SKALD_PROFILE: profile };

    expect(readBridgeConfiguration(env)).toMatchObject({ allowsOpen });
  });
});
