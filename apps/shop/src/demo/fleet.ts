/** Everything that takes part in the demo, wherever it runs. */
export interface Fleet {
  readonly databaseUrl: string;
  /** Places orders 1 to `count`; tells after each batch how many. Resolves when all are acknowledged. */
  place(count: number, perSecond: number, placed: (total: number) => void): Promise<void>;
  /** Ends the coordinator without warning, and starts another. Says what was done, in words. */
  crash(): Promise<string>;
  /** Where to look next, one hint a line. */
  readonly hints: readonly string[];
  /** Lets everything run on after this process. */
  keep(): void;
  /** Ends what was started. Safe twice. */
  stop(): Promise<void>;
}

/** Is told in a line each what is being started. */
export type Progress = (line: string) => void;
