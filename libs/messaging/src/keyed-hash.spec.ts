import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { KeyedHash } from './keyed-hash.js';

const secrets = { short: 'a secret', 'of a block': 's'.repeat(64), 'longer than a block': 'ß'.repeat(40) };

describe.each(Object.entries(secrets))('a keyed hash with a secret that is %s', (_, secret) => {
  it.each([
    ['nothing', '', undefined],
    ['a text', 'op\0saga\0chargeCard/1/do', undefined],
    ['letters of several bytes', 'größer – 大きい', 'und größer'],
    ['bytes behind a text', 'start/1', Buffer.from([0, 255, 128])],
    ['a text too long for its memory', 'x', 'y'.repeat(100_000)],
    ['bytes too long for its memory', 'x', Buffer.alloc(100_000, 7)],
  ])('is the HMAC of %s', (_name, text, bytes) => {
    const expected = createHmac('sha256', secret)
      .update(text)
      .update(bytes ?? '')
      .digest('base64url');

    expect(new KeyedHash(secret).of(text, bytes)).toBe(expected);
  });

  it('forgets a longer text before a shorter one', () => {
    const keyed = new KeyedHash(secret);
    keyed.of('a long text that came before');

    expect(keyed.of('short')).toBe(new KeyedHash(secret).of('short'));
  });
});
