import { describe, expect, it } from '@jest/globals';

/** One sentence of a port's contract, as a test. */
export interface ContractCase<Subject> {
  /** Present tense, continues "the store …". */
  readonly name: string;
  readonly run: (subject: Subject) => Promise<void>;
}

/** Makes what a case is run on: fresh for every case. */
export type ContractFactory<Subject> = () => Promise<ContractSubject<Subject>>;

/** What a case is run on, and how it is put away afterwards. */
export interface ContractSubject<Subject> {
  readonly subject: Subject;
  readonly close?: () => Promise<void>;
}

/** A suite that every adapter of a port has to pass. */
export interface Contract<Subject> {
  /** Registers one test a case for the adapter. */
  (adapter: string, factory: ContractFactory<Subject>): void;
  /**
   * Registers a test that a deliberately broken adapter fails the suite: a suite that lets it pass proves nothing.
   * With `because`, that case has to be among the failing ones.
   */
  rejects(adapter: string, factory: ContractFactory<Subject>, because?: string): void;
}

/** Defines the contract suite of a port. */
export function defineContract<Subject>(
  port: string,
  cases: readonly ContractCase<Subject>[],
): Contract<Subject> {
  const suite = (adapter: string, factory: ContractFactory<Subject>): void => {
    describe(`${adapter} as ${port}`, () => {
      for (const { name, run } of cases) it(name, () => runOn(factory, run));
    });
  };
  const rejects: Contract<Subject>['rejects'] = (adapter, factory, because) => {
    it(`rejects ${adapter} as ${port}`, async () => {
      const failed = await failing(cases, factory);

      if (because === undefined) expect(failed).not.toEqual([]);
      else expect(failed).toContain(because);
    });
  };
  return Object.assign(suite, { rejects });
}

async function failing<Subject>(
  cases: readonly ContractCase<Subject>[],
  factory: ContractFactory<Subject>,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of cases) {
    await runOn(factory, run).catch(() => failed.push(name));
  }
  return failed;
}

async function runOn<Subject>(
  factory: ContractFactory<Subject>,
  run: (subject: Subject) => Promise<void>,
): Promise<void> {
  const { subject, close } = await factory();
  try {
    await run(subject);
  } finally {
    await close?.();
  }
}
