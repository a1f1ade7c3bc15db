import { describe, expect, it } from '@jest/globals';
import { MalformedRecordError } from './malformed-record-error.js';
import { SagaError } from './saga-error.js';

class LostError extends SagaError {
  override readonly code = 'LOST';
  override readonly retryable = true;
}

describe('an error', () => {
  it('is called by its class and keeps what it is about', () => {
    const cause = new Error('socket');
    const error = new LostError('lost it', { context: { saga: 's1' }, cause });

    expect(error).toMatchObject({
      name: 'LostError',
      code: 'LOST',
      retryable: true,
      context: { saga: 's1' },
      cause,
    });
  });

  it('has no cause unless one is given', () => {
    expect('cause' in new LostError('lost it')).toBe(false);
  });

  it('about a malformed record is never worth another try', () => {
    expect(new MalformedRecordError('not-json', 'no')).toMatchObject({
      retryable: false,
      reason: 'not-json',
      code: 'MALFORMED_RECORD',
    });
  });
});
