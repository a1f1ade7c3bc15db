import { describe, expect, it } from '@jest/globals';
import { javaMajor } from './check-tools.js';
import { newestBinaries, postgresMajor } from './postgres-binaries.js';

describe('the version of Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['java version "1.8.0_392"', 8],
    ['openjdk version "26" 2026-03-17', 26],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
  ])('is read from %j', (text, major) => {
    expect(javaMajor(text)).toBe(major);
  });
});

describe('the version of Postgres', () => {
  it.each([
    ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', 15],
    ['postgres (PostgreSQL) 18.4', 18],
    ['postgres (PostgreSQL) 19devel', 19],
    ['sh: postgres: not found', undefined],
  ])('is read from %j', (text, major) => {
    expect(postgresMajor(text)).toBe(major);
  });
});

describe('several Postgres servers on one machine', () => {
  it('yield the newest', () => {
    expect(
      newestBinaries([
        { folder: 'a', major: 15 },
        { folder: 'b', major: 17 },
        { folder: 'c', major: 16 },
      ])?.folder,
    ).toBe('b');
  });

  it('yield the first of equals', () => {
    expect(
      newestBinaries([
        { folder: 'a', major: 17 },
        { folder: 'b', major: 17 },
      ])?.folder,
    ).toBe('a');
  });

  it('yield none when all are too old', () => {
    expect(newestBinaries([{ folder: 'a', major: 14 }])).toBeUndefined();
  });
});
