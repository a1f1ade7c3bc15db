/** How often an effect was made and taken back. */
export interface Entry {
  readonly done: number;
  readonly undone: number;
}

/** What participants of a simulation have really done, by saga and name of the operation. It outlives their processes. */
export class EffectLedger {
  private readonly entries = new Map<string, Map<string, Entry>>();

  done(saga: string, operation: string): void {
    this.change(saga, operation, ({ done, undone }) => ({ done: done + 1, undone }));
  }

  undone(saga: string, operation: string): void {
    this.change(saga, operation, ({ done, undone }) => ({ done, undone: undone + 1 }));
  }

  /** A list that undoes a step says by the name of its own operation, `back<step>@<iteration>/…`, what it takes back. */
  undoneBy(saga: string, operation: string): void {
    const [place] = operation.replace(/\bback(?=s\d)/, '').split('/');
    const standing = [...this.of(saga)].find(
      ([name, { done, undone }]) => name.split('/')[0] === place && done > undone,
    );
    this.undone(saga, standing?.[0] ?? operation);
  }

  /** A group is undone as a whole: whatever stands of the steps inside, in the same iteration, is taken back. */
  undoneInside(saga: string, operation: string, steps: readonly string[]): void {
    const iteration = iterationOf(operation);
    for (const [name, { done, undone }] of [...this.of(saga)]) {
      const step = name.split(/[@/]/)[0]!.split('.').at(-1)!;
      const isInside = iteration.every((key, index) => iterationOf(name)[index] === key);
      if (steps.includes(step) && isInside && done > undone) this.undone(saga, name);
    }
  }

  of(saga: string): ReadonlyMap<string, Entry> {
    return this.entries.get(saga) ?? new Map();
  }

  private change(saga: string, operation: string, change: (entry: Entry) => Entry): void {
    const book = this.entries.get(saga) ?? new Map<string, Entry>();
    this.entries.set(saga, book);
    book.set(operation, change(book.get(operation) ?? { done: 0, undone: 0 }));
  }
}

/** The keys of the loops around an operation, outermost first. */
function iterationOf(operation: string): readonly string[] {
  return /@([^/]*)\//.exec(operation)?.[1]?.split(',') ?? [];
}
