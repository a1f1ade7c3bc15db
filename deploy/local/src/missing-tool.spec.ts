import { describe, expect, it } from '@jest/globals';
import { missingJava, missingPostgres, MissingToolError } from './missing-tool.js';

describe('a machine without Java and Postgres', () => {
  const error = new MissingToolError([missingJava('found Java 11'), missingPostgres]);

  it('is told what it has and what it needs', () => {
    expect(error.message).toMatch(/Java 17 or newer.*found Java 11/);
    expect(error.message).toContain('Postgres 15 or newer');
  });

  it('is told the command that installs each', () => {
    expect(error.message).toContain('apt-get install -y openjdk-17-jre-headless');
    expect(error.message).toContain('brew install postgresql@17');
  });

  it('is recognised by its code', () => {
    expect(error.code).toBe('MISSING_TOOL');
  });
});
