import { describe, expect, it } from '@jest/globals';
import { openOperation, sealOperation, type Keyring } from './operation.js';

const saga = '0196f0a0-0000-7abc-8000-000000000001';
const keyring: Keyring = { keys: [{ id: 'k1', secret: 'a secret of sixteen' }] };
const sealed = sealOperation(keyring, saga, 'charge/1/do');

describe('a sealed operation', () => {
  it('can be read by people', () => {
    expect(sealed).toMatch(/^charge\/1\/do~k1\.[A-Za-z0-9_-]{22}$/);
  });

  it('is always the same', () => {
    expect(sealOperation(keyring, saga, 'charge/1/do')).toBe(sealed);
  });

  it('opens to its name', () => {
    expect(openOperation(keyring, saga, sealed)).toBe('charge/1/do');
  });

  it('keeps a name with loop keys', () => {
    const name = 'ship@box%7E1,2/1/undo';

    expect(openOperation(keyring, saga, sealOperation(keyring, saga, name))).toBe(name);
  });

  it('opens with a former secret', () => {
    const rotated: Keyring = { keys: [{ id: 'k2', secret: 'another secret here' }, ...keyring.keys] };

    expect(openOperation(rotated, saga, sealed)).toBe('charge/1/do');
    expect(sealOperation(rotated, saga, 'charge/1/do')).toContain('~k2.');
  });

  it.each([
    ['of another saga', saga.replace('1', '2'), sealed],
    ['with another name', saga, sealed.replace('charge', 'refund')],
    ['with another proof', saga, sealed.slice(0, -1)],
    ['with an unknown secret', saga, sealed.replace('~k1', '~k9')],
    ['without a proof', saga, 'charge/1/do'],
    ['without a name', saga, '~k1.x'],
    ['that is empty', saga, ''],
  ])('is not ours %s', (_, id, text) => {
    expect(openOperation(keyring, id, text)).toBeUndefined();
  });
});
