import { waitFor, type Json } from '#libs/messaging';
import {
  listedStates,
  statesText,
  type AskedOperation,
  type AskedOperationsPage,
  type LineProblem,
} from '#libs/orchestration';
import { operationParts } from '#libs/saga';
import type { ApiClient } from './api-client.js';
import { CommandFailedError, type CliContext } from './cli-context.js';
import type { Compared, Reconciliation, ShownDifference } from './difference-page.js';
import { counted } from './page-text.js';
import { participantList, type GivenLine } from './participant-list.js';

/** A list to be held against what sagas believe. */
export interface ReconcilingOptions {
  readonly participant: string;
  /** Where the list is; `-`: standard input. */
  readonly file: string;
  /** When it was made. */
  readonly takenAt: string;
  /** It is all there is of sagas that began since then; absent: it may be a part. */
  readonly since: string | undefined;
  /** Lines a second. */
  readonly perSecond: number;
}

const pageMost = 500;
const sagasOfPage = '100';

/**
 * Sends a participant's list to the coordinator page by page, no faster than it may. Of a list that says all there is
 * since a time, the operations are remembered here; of any other nothing is.
 */
export class Reconciling {
  private readonly path: string;
  private readonly pageSize: number;
  /** Lines that do not say their saga, by operation: it is looked for. */
  private readonly homeless = new Map<string, GivenLine>();
  /** Operations of lines that do. */
  private readonly listed = new Set<string>();
  private read = 0;
  /** Lines that may be about any operation. */
  private illegible = 0;
  private older = 0;
  private agreed = 0;
  private open = 0;
  private readonly differences: ShownDifference[] = [];
  private readonly problems: LineProblem[] = [];
  private freeAt = 0;

  constructor(
    private readonly client: ApiClient,
    private readonly context: CliContext,
    private readonly options: ReconcilingOptions,
  ) {
    this.path = `/participants/${encodeURIComponent(options.participant)}`;
    this.pageSize = Math.min(pageMost, options.perSecond);
  }

  async run(): Promise<Reconciliation> {
    const { file, since } = this.options;
    for await (const { lines, problems } of participantList(file, this.context, this.pageSize)) {
      this.problems.push(...problems);
      this.read += lines.length + problems.length;
      this.illegible +=
        problems.length + lines.filter(({ operation }) => typeof operation !== 'string').length;
      await this.compare(since === undefined ? lines : this.withSagas(lines));
    }
    // What writes it has failed, more likely than that nothing was ever done: all would be told to be done again.
    if (this.read === 0)
      throw new CommandFailedError('the list is empty, so nothing was compared: did what writes it fail?');
    if (since !== undefined) await this.lookFrom(since);
    const { agreed, open, older, differences } = this;
    const problems = this.problems.toSorted((one, other) => one.line - other.line);
    return { agreed, open, older, differences, problems };
  }

  /** Those that can be compared at once; of all of them it is remembered that they were listed. */
  private withSagas(lines: readonly GivenLine[]): readonly GivenLine[] {
    return lines.filter((line) => {
      const { operation, saga } = line;
      if (typeof operation !== 'string') return true;
      if (saga !== undefined && saga !== null) {
        this.listed.add(operation);
        return true;
      }
      const other = this.homeless.get(operation);
      if (other === undefined) this.homeless.set(operation, line);
      else this.problems.push({ line: line.line, problem: `line ${other.line} is about the same operation` });
      return false;
    });
  }

  /**
   * Goes through what sagas have asked for: what is missing in the list is said to be unknown to it, unless it may
   * stand in a line that cannot be read. Nobody is to do again what was done.
   */
  private async lookFrom(from: string): Promise<void> {
    if (this.illegible > 0)
      this.context.warn(
        `${counted(this.illegible, 'line')} could not be read, so what is missing in the list is not told: mend the list, and say it again`,
      );
    let after: string | undefined;
    do {
      const query = { from, until: this.options.takenAt, after, limit: sagasOfPage };
      const { body } = await this.client.get(`${this.path}/operations`, query);
      const page = body as unknown as AskedOperationsPage;
      const lines = page.operations.flatMap((asked) => this.lineOf(asked) ?? []);
      for (let at = 0; at < lines.length; at += this.pageSize)
        await this.compare(lines.slice(at, at + this.pageSize));
      after = page.next;
    } while (after !== undefined);
    for (const line of this.homeless.values()) this.foundNowhere(line, from);
  }

  private lineOf({ saga, keys, isDone }: AskedOperation): GivenLine | undefined {
    const key = keys.find((one) => this.homeless.has(one));
    if (key !== undefined) {
      const line = this.homeless.get(key)!;
      this.homeless.delete(key);
      this.listed.add(key);
      return { ...line, saga };
    }
    if (!isDone || this.illegible > 0 || keys.some((one) => this.listed.has(one))) return undefined;
    return { line: 0, saga, operation: keys[0]!, state: 'unknown' };
  }

  private foundNowhere({ line, operation, state, at }: GivenLine, since: string): void {
    if (!Object.hasOwn(listedStates, String(state)))
      return void this.problems.push({ line, problem: statesText });
    // What its sagas did before that time was not looked at.
    if (typeof at === 'string' && Date.parse(at) < Date.parse(since)) return void (this.older += 1);
    if (state !== 'done' || isQuestion(String(operation))) return void (this.agreed += 1);
    const text = `no saga that began since ${since} has asked for it: look further back, or undo it by hand`;
    this.differences.push({
      kind: 'done-there-unknown-here',
      line,
      operation: String(operation),
      ...(typeof at === 'string' && { since: at }),
      repair: { text },
    });
  }

  private async compare(lines: readonly GivenLine[]): Promise<void> {
    if (lines.length === 0) return;
    const { clock } = this.context;
    const { takenAt, perSecond } = this.options;
    const earlyMs = this.freeAt - clock.elapsed();
    if (earlyMs > 0) await waitFor(clock, earlyMs);
    this.freeAt = clock.elapsed() + (lines.length * 1_000) / perSecond;
    const request = { operations: lines as unknown as Json, takenAt };
    const { body } = await this.client.post(`${this.path}/comparison`, request);
    const page = body as unknown as Compared;
    this.agreed += page.agreed;
    this.open += page.open;
    this.differences.push(...page.differences);
    this.problems.push(...page.problems);
  }
}

/** It has no effect, so it does not matter who knows of it. */
function isQuestion(operation: string): boolean {
  const direction = operationParts(operation.slice(0, operation.lastIndexOf('~')))?.direction;
  return direction === 'verify' || direction === 'unless';
}
