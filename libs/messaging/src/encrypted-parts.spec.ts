import { describe, expect, it } from '@jest/globals';
import {
  decryptParts,
  encryptParts,
  missingKeys,
  partsText,
  readParts,
  type EncryptedPart,
} from './encrypted-parts.js';
import { FieldKeyError, GivenFieldKeys, NoFieldKeys } from './field-keys.js';
import type { Json, JsonObject } from './json.js';
import { reasonOf } from './record.fixture.js';

const bytes = (fill: number): string => Buffer.alloc(32, fill).toString('base64');
const keys = new GivenFieldKeys({ 'patient-key': `2:${bytes(7)}` });
const part = (...path: readonly string[]): EncryptedPart => ({ path, key: 'patient-key' });
const seal = (data: Json, ...path: readonly string[]) =>
  encryptParts(data, [part(...path)], keys, 'admit/1/do~k.p') as JsonObject;
const open = (data: Json, path: readonly string[], known = keys, message = 'admit/1/do~k.p') =>
  decryptParts(data, [part(...path)], known, message);

describe('a part of a message', () => {
  it('is a compact JWE that says its key and its place', () => {
    const { diagnosis } = seal({ caseId: 'c1', diagnosis: 'acute' }, 'diagnosis');
    const [head, ...rest] = String(diagnosis).split('.');

    expect(rest).toEqual([
      '',
      expect.stringMatching(/^[\w-]{16}$/),
      expect.stringMatching(/^[\w-]+$/),
      expect.stringMatching(/^[\w-]{22}$/),
    ]);
    expect(JSON.parse(Buffer.from(head!, 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'patient-key:2',
      place: 'admit/1/do~k.p#/diagnosis',
    });
  });

  it.each<[string, Json, readonly string[]]>([
    ['a field', { caseId: 'c1', diagnosis: 'acute' }, ['diagnosis']],
    ['a number', { urgency: 2 }, ['urgency']],
    ['a map', { case: { a: 1, b: [true, null] } }, ['case']],
    ['all of it', [1, 'two', { three: 3 }], []],
    ['each item of a list', { cases: [{ note: 'x' }, { note: 'y' }, {}] }, ['cases', '*', 'note']],
    ['a name with slashes', { 'a/b~c': 'z' }, ['a/b~c']],
  ])('comes back as it was: %s', (_, data, path) => {
    const sealed = seal(data, ...path);

    expect(sealed).not.toEqual(data);
    expect(open(sealed, path)).toEqual(data);
  });

  it('stays as it is where it is missing or null', () => {
    const data = { diagnosis: null, cases: 'none' };

    expect(encryptParts(data, [part('diagnosis'), part('more'), part('cases', 'x')], keys, 'm')).toEqual(
      data,
    );
  });

  it('never looks the same twice', () => {
    expect(seal({ a: 1 }, 'a')).not.toEqual(seal({ a: 1 }, 'a'));
  });

  it('can be read where another library has written it', () => {
    // Made with jose 6.2.17 for JavaScript.
    const diagnosis =
      'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoicGF0aWVudC1rZXk6MSIsInBsYWNlIjoib3AjL2RpYWdub3NpcyJ9..K1BG8IdBxFIDa45G.SeLiQwQ0Kw.eYtqKt61Juz8SabcW0IU5Q';
    const known = new GivenFieldKeys({ 'patient-key': `1:${bytes(7)}` });

    expect(open({ diagnosis }, ['diagnosis'], known, 'op')).toEqual({ diagnosis: 'acute' });
  });
});

describe('a key that is replaced', () => {
  const both = new GivenFieldKeys({ 'patient-key': `3:${bytes(8)}\n2:${bytes(7)}` });

  it('still decrypts as long as it is there', () => {
    expect(open(seal({ a: 1 }, 'a'), ['a'], both)).toEqual({ a: 1 });
  });

  it('encrypts no more', () => {
    const sealed = encryptParts({ a: 1 }, [part('a')], both, 'admit/1/do~k.p');

    expect(reasonOf(() => open(sealed, ['a'], keys))).toBe('unknown-key');
    expect(open(sealed, ['a'], both)).toEqual({ a: 1 });
  });
});

describe('a part that cannot be decrypted', () => {
  const sealed = String(seal({ a: 'text', b: 'text' }, 'a')['a']);
  const changed = (index: number, change: (text: string) => string) =>
    sealed
      .split('.')
      .map((text, at) => (at === index ? change(text) : text))
      .join('.');
  const flip = (text: string) => `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`;
  const header = (change: object) => (text: string) => {
    const said = JSON.parse(Buffer.from(text, 'base64url').toString()) as object;
    return Buffer.from(JSON.stringify({ ...said, ...change })).toString('base64url');
  };

  it.each<[string, Json, string]>([
    ['in plain', 'text', 'not-encrypted'],
    ['a number', 5, 'not-encrypted'],
    ['cut off', sealed.slice(0, sealed.lastIndexOf('.')), 'not-encrypted'],
    ['another text', changed(3, flip), 'undecipherable'],
    ['another tag', changed(4, flip), 'undecipherable'],
    ['a shorter tag', changed(4, (text) => text.slice(0, 6)), 'undecipherable'],
    ['another vector', changed(2, flip), 'undecipherable'],
    ['another way', changed(0, header({ enc: 'A128GCM' })), 'undecipherable'],
    ['a header with more in it', changed(0, header({ typ: 'x' })), 'undecipherable'],
    ['an id nobody knows', changed(0, header({ kid: 'patient-key:9' })), 'unknown-key'],
    ['a key of another name', changed(0, header({ kid: 'other:2' })), 'unknown-key'],
  ])('says why: %s', (_, a, reason) => {
    expect(reasonOf(() => open({ a }, ['a']))).toBe(reason);
  });

  it('cannot be moved to another field or message', () => {
    expect(reasonOf(() => open({ b: sealed }, ['b']))).toBe('undecipherable');
    expect(reasonOf(() => open({ a: sealed }, ['a'], keys, 'admit/2/do~k.p'))).toBe('undecipherable');
  });

  it('cannot be read by another key of the same id', () => {
    const wrong = new GivenFieldKeys({ 'patient-key': `2:${bytes(9)}` });

    expect(reasonOf(() => open({ a: sealed }, ['a'], wrong))).toBe('undecipherable');
  });

  it('holds nothing that cannot be stored', () => {
    expect(reasonOf(() => open(seal({ a: 'x\0y' }, 'a'), ['a']))).toBe('nul-character');
  });

  it('shows nothing of what it holds', () => {
    expect(() => open({ a: 'the plain text' }, ['a'])).toThrow(
      'admit/1/do~k.p#/a has to be encrypted, as a compact JWE',
    );
  });
});

describe('the parts of a message in its header', () => {
  it('are keys by pointers', () => {
    const parts = [part('cases', '*', 'a/b~c'), part()];

    expect(partsText(parts)).toBe('{"/cases/*/a~1b~0c":"patient-key","":"patient-key"}');
    expect(readParts(partsText(parts), 'saga-encrypted')).toEqual(parts);
  });

  it.each(['[1]', 'null', '{"/a":1}', 'no JSON'])('cannot be %s', (text) => {
    expect(reasonOf(() => readParts(text, 'saga-encrypted'))).toBe('malformed-header');
  });
});

describe('a key that nobody has', () => {
  it('encrypts nothing', () => {
    const encrypt = () => encryptParts({ a: 1 }, [part('a')], new NoFieldKeys(), 'm');

    expect(encrypt).toThrow(FieldKeyError);
    expect(missingKeys(['patient-key', 'other', 'other'], keys)).toEqual(['other']);
  });
});
