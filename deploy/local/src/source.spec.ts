import { describe, expect, it } from '@jest/globals';
import { brokerList, chooseSource } from './source.js';

describe('the source of a server', () => {
  const nothing = { givenAddress: undefined, needsProcess: false, containersReady: false };

  it('is what is given, before containers', () => {
    expect(chooseSource({ ...nothing, givenAddress: 'localhost:9092', containersReady: true })).toBe('given');
  });

  it('is a container when nothing is given', () => {
    expect(chooseSource({ ...nothing, containersReady: true })).toBe('container');
  });

  it('is a process without both', () => {
    expect(chooseSource(nothing)).toBe('process');
  });

  it('is a process for whoever must control it', () => {
    expect(chooseSource({ givenAddress: 'localhost:9092', needsProcess: true, containersReady: true })).toBe(
      'process',
    );
  });

  it('takes a blank address for none', () => {
    expect(chooseSource({ ...nothing, givenAddress: ' ' })).toBe('process');
  });
});

describe('a list of brokers', () => {
  it('ignores spaces and empty places', () => {
    expect(brokerList(' one:1, two:2,,')).toEqual(['one:1', 'two:2']);
  });
});
