import { describe, expect, it } from '@jest/globals';
import {
  boolArray,
  byteaArray,
  instantArray,
  int4Array,
  int8Array,
  textArray,
  uuidArray,
} from './binary-array.js';

describe('an array in the binary form of Postgres', () => {
  it('says its type, length and lower bound', () => {
    expect(headOf(textArray(['a', 'b', 'c']))).toEqual({
      dimensions: 1,
      hasNull: 0,
      type: 25,
      length: 3,
      from: 1,
    });
  });

  it('has no dimension when it is empty', () => {
    expect([...int4Array([])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23]);
  });

  it('measures text in bytes', () => {
    const [first, second] = elementsOf(textArray(['größe', '😀']));

    expect([first?.length, second?.length]).toEqual([7, 4]);
    expect(first?.toString()).toBe('größe');
  });

  it('marks what is absent', () => {
    const array = textArray([null, '', undefined]);

    expect(headOf(array).hasNull).toBe(1);
    expect(elementsOf(array).map((element) => element?.length)).toEqual([undefined, 0, undefined]);
  });

  it('keeps every bit of large and negative numbers', () => {
    const numbers = [0, 1, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];

    const stored = elementsOf(int8Array(numbers)).map((element) => Number(element?.readBigInt64BE()));

    expect(stored).toEqual(numbers);
  });

  it('counts instants in microseconds of this century', () => {
    const [element, before] = elementsOf(instantArray([Date.UTC(2000, 0, 1) + 1, Date.UTC(1999, 11, 31)]));

    expect(element?.readBigInt64BE()).toBe(1000n);
    expect(before?.readBigInt64BE()).toBe(-86_400_000_000n);
  });

  it('packs uuids, bytes and truth', () => {
    const [uuid] = elementsOf(uuidArray(['0199aa00-1234-7abc-8abc-00000000000f']));
    const [bytes] = elementsOf(byteaArray([Buffer.from([0, 255])]));

    expect(uuid?.toString('hex')).toBe('0199aa0012347abc8abc00000000000f');
    expect([...(bytes ?? [])]).toEqual([0, 255]);
    expect(elementsOf(boolArray([true, false])).map((element) => element?.[0])).toEqual([1, 0]);
  });
});

function headOf(array: Buffer): Record<'dimensions' | 'hasNull' | 'type' | 'length' | 'from', number> {
  const [dimensions, hasNull, type, length, from] = [0, 4, 8, 12, 16].map((at) => array.readInt32BE(at));
  return { dimensions: dimensions!, hasNull: hasNull!, type: type!, length: length!, from: from! };
}

function elementsOf(array: Buffer): readonly (Buffer | undefined)[] {
  const elements: (Buffer | undefined)[] = [];
  let at = 20;
  while (at < array.length) {
    const length = array.readInt32BE(at);
    at += 4;
    elements.push(length < 0 ? undefined : array.subarray(at, at + length));
    at += Math.max(length, 0);
  }
  return elements;
}
