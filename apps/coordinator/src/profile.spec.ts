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

  it('refuses nothing of the kind for development', () => {
    expect(problemsOf(read, {})).toEqual([]);
    expect(problemsOf(read, { SKALD_PROFILE: 'development' })).toEqual([]);
  });
});
