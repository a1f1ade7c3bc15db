import { describe, expect, it } from '@jest/globals';
import { decodeOutgoing, encodeOutgoing } from './outgoing-message.js';

const message = {
  saga: 'a-saga',
  topic: 'inventory.commands',
  key: 'a-saga',
  value: '{}',
  headers: { ce_id: '1' },
};

describe('an encoded batch', () => {
  it('comes back as it was', () => {
    expect(decodeOutgoing(encodeOutgoing({ at: 7, messages: [message] }))).toEqual({
      at: 7,
      messages: [message],
    });
  });

  it('holds nothing but its messages', () => {
    const batch = { at: 7, messages: [message], commit: { inserts: ['what is stored elsewhere'] } };

    expect(encodeOutgoing(batch)).not.toContain('elsewhere');
  });
});
