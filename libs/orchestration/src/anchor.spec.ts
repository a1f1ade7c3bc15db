import { describe, expect, it } from '@jest/globals';
import type { InboundRecord } from '#libs/messaging';
import { anchorOf, positionProblem } from './anchor.js';
import type { LanePosition } from './lane-store.js';

const folded: InboundRecord = {
  topic: 'home',
  part: 0,
  offset: 41,
  timestamp: 1_000,
  key: Buffer.from('key'),
  value: Buffer.from('value'),
  headers: {},
};

const position: LanePosition = {
  topic: 'home',
  part: 0,
  epoch: 1,
  seq: 9,
  nextOffset: 42,
  takeovers: 1,
  attempts: 0,
  anchor: anchorOf(folded),
};

describe('a lane compared with its partition', () => {
  it('finds nothing wrong where the last record is the one it folded', () => {
    expect(positionProblem(position, { start: 0, end: 50 }, folded)).toBeUndefined();
  });

  it('notices another record at the same offset', () => {
    expect(
      positionProblem(position, { start: 0, end: 50 }, { ...folded, value: Buffer.from('other') }),
    ).toMatch('recreated');
  });

  it('notices a partition that ends before its position', () => {
    expect(positionProblem(position, { start: 0, end: 41 }, undefined)).toMatch('recreated or truncated');
  });

  it('notices records deleted before they were folded', () => {
    expect(positionProblem(position, { start: 43, end: 50 }, undefined)).toMatch(
      'deleted before they were folded',
    );
  });

  it('accepts that the last record itself was deleted since', () => {
    expect(positionProblem(position, { start: 42, end: 50 }, undefined)).toBeUndefined();
  });

  it('accepts any partition when nothing was folded yet', () => {
    const { nextOffset: _, anchor: __, ...fresh } = position;

    expect(positionProblem(fresh, { start: 7, end: 9 }, undefined)).toBeUndefined();
  });
});
