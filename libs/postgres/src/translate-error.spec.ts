import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { LaneLostError } from '#libs/orchestration';
import { isWorthRepeating, leavesConnectionUsable, translateError } from './translate-error.js';

describe('an error of the driver', () => {
  it.each(['08006', '57P01', '57014', '53300', '55P03', '40001', '40P01', '25006', '58030', 'XX000'])(
    'means try later when the server says %s',
    (state) => {
      expect(translateError(serverError(state), 'commit')).toMatchObject({
        code: 'STORE_UNAVAILABLE',
        retryable: true,
      });
    },
  );

  it.each(['22021', '22P05', '23514', '23502', '54000', '21000'])(
    'means never when the server says %s',
    (state) => {
      expect(translateError(serverError(state), 'commit')).toMatchObject({
        code: 'STORE_REFUSED',
        retryable: false,
      });
    },
  );

  it.each(['42P01', '42883', '42703', '42501'])('means another schema when the server says %s', (state) => {
    const translated = translateError(serverError(state), 'commit');

    expect(translated).toMatchObject({
      code: 'LAYOUT',
      message: expect.stringContaining("run 'skald migrate'"),
    });
  });

  it('means try later when a partition is missing', () => {
    const error = Object.assign(serverError('23514'), {
      routine: 'ExecFindPartition',
      table: 'saga_history',
    });

    expect(translateError(error, 'commit')).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('means try later when the connection is lost', () => {
    for (const message of [
      'Connection terminated unexpectedly',
      'Query read timeout',
      'connect ECONNREFUSED',
    ]) {
      expect(translateError(new Error(message), 'commit')).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
  });

  it('is found inside the error of TypeORM', () => {
    const wrapped = new QueryFailedError('select', [], serverError('22021'));

    expect(translateError(wrapped, 'list')).toMatchObject({ code: 'STORE_REFUSED' });
  });

  it('keeps what was attempted and the cause', () => {
    const cause = serverError('57P01', 'terminating connection');

    expect(translateError(cause, 'commit of shop.home/3')).toMatchObject({
      message: 'commit of shop.home/3: terminating connection',
      cause,
      context: { state: '57P01' },
    });
  });

  it('does not repeat values', () => {
    const translated = translateError(
      serverError('22P02', 'invalid input syntax for type uuid: "secret"'),
      'commit',
    );

    expect(translated.message).not.toContain('secret');
  });
});

describe('an error of ours', () => {
  it('passes as it is', () => {
    const lost = new LaneLostError([{ topic: 'home', part: 1 }]);
    const mistake = new TypeError('undefined is not a function');

    expect(translateError(lost, 'commit')).toBe(lost);
    expect(translateError(mistake, 'commit')).toBe(mistake);
  });

  it('of a message too long to be built means never', () => {
    expect(translateError(new RangeError('Invalid string length'), 'commit')).toMatchObject({
      code: 'STORE_REFUSED',
    });
  });
});

describe('a connection', () => {
  it('is used again after an error in a statement only', () => {
    expect(leavesConnectionUsable(serverError('23505'))).toBe(true);
    expect(leavesConnectionUsable(serverError('57P01'))).toBe(false);
    expect(leavesConnectionUsable(new Error('Query read timeout'))).toBe(false);
  });

  it('repeats what the server rolled back for the sake of others', () => {
    expect(isWorthRepeating(serverError('40P01'))).toBe(true);
    expect(isWorthRepeating(serverError('55P03'))).toBe(false);
  });
});

function serverError(state: string, message = 'refused'): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code: state });
}
