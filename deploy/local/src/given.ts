import type { BrokerHandle, PostgresHandle } from './handles.js';
import { LocalStackError } from './local-stack-error.js';

/** Rejects with `NOT_CONTROLLABLE`. */
export function notControllable(why: string): Promise<never> {
  return Promise.reject(new LocalStackError('NOT_CONTROLLABLE', why));
}

/** A broker somebody else runs: known by its address, never touched. */
export function givenBroker(address: string): BrokerHandle {
  return {
    address,
    listeners: {},
    pid: undefined,
    ...untouchable(`the broker ${address} was given by KAFKA_BROKERS`),
  };
}

/** A database somebody else runs: known by its address, never touched. */
export function givenPostgres(databaseUrl: string): PostgresHandle {
  const refused = untouchable('the database was given by DATABASE_URL');
  return { databaseUrl, pid: undefined, ...refused, takeCopy: refused.kill, restore: refused.kill };
}

function untouchable(why: string): Record<'kill' | 'start' | 'freeze' | 'thaw', () => Promise<never>> {
  const refuse = (): Promise<never> => notControllable(`${why}: it is not ours to stop`);
  return { kill: refuse, start: refuse, freeze: refuse, thaw: refuse };
}
