import { openOperation, type Clock, type Instant, type Keyring, type OperationName } from '#libs/messaging';
import { believedCommand, operationParts, participantOf, type SagaState } from '#libs/saga';
import type { StoredInstance } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { comparedWith, type Compared, type Difference } from './difference.js';
import { readListed, type LineProblem, type ListedOperation } from './listed-operation.js';

/** A part of a participant's own list. */
export interface ComparisonRequest {
  readonly participant: string;
  /** Lines as they are, to be read one by one. */
  readonly lines: readonly unknown[];
  /** When the list was made: what has moved here since is not judged. Absent: now. */
  readonly takenAt?: Instant;
}

/** What a part of a list comes to. Each line counts once. */
export interface Comparison {
  readonly agreed: number;
  /** About what is under way on either side, or has moved here since the list was made. */
  readonly open: number;
  readonly differences: readonly Difference[];
  /** Lines that could not be compared. */
  readonly problems: readonly LineProblem[];
}

/** What {@link CompareOperations} works with. */
export interface CompareOperationsOptions {
  readonly store: Pick<OperatorStore, 'findAll'>;
  readonly definitions: Pick<LoadedDefinitions, 'programOf'>;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** A line whose key is genuine. */
interface Genuine {
  readonly listed: ListedOperation;
  readonly name: OperationName;
}

type Judged = Compared | LineProblem;

/**
 * Holds what a participant says of operations against what their sagas believe, live or archived. It changes nothing.
 *
 * A line counts only if its key was sealed by this installation for its saga, so that a list cannot make things up.
 */
export class CompareOperations {
  constructor(private readonly options: CompareOperationsOptions) {}

  async compare({ participant, lines, takenAt }: ComparisonRequest): Promise<Comparison> {
    const read = lines.map((line, index) => this.read(line, index + 1));
    const sagas = new Set(read.flatMap((line) => ('problem' in line ? [] : [line.listed.saga])));
    const rows = await this.options.store.findAll([...sagas]);
    const known = new Map(rows.map((row) => [row.id, row]));
    const before = takenAt ?? this.options.clock.now();
    const judged = read.map((line) =>
      'problem' in line ? line : this.judge(participant, line, known.get(line.listed.saga), before),
    );
    const compared = judged.filter((one): one is Compared => !('problem' in one));
    return {
      agreed: compared.filter(({ kind }) => kind === 'agreed').length,
      open: compared.filter(({ kind }) => kind === 'open').length,
      differences: compared.flatMap((one) => (one.kind === 'different' ? [one.difference] : [])),
      problems: judged.filter((one): one is LineProblem => 'problem' in one),
    };
  }

  private read(line: unknown, position: number): Genuine | LineProblem {
    const listed = readListed(line, position);
    if ('problem' in listed) return listed;
    const name = openOperation(this.options.keyring, listed.saga, listed.operation);
    if (name !== undefined) return { listed, name };
    const problem = 'nothing was asked for under this key for this saga: look at both';
    return { line: listed.line, problem };
  }

  private judge(
    participant: string,
    { listed, name }: Genuine,
    instance: StoredInstance | undefined,
    before: Instant,
  ): Judged {
    const { line } = listed;
    const direction = operationParts(name)?.direction;
    // A question has no effect that could differ.
    if (direction !== 'do' && direction !== 'undo') return { kind: 'agreed' };
    if (instance === undefined) return comparedWith(participant, listed, { direction });
    const { definition, version } = instance;
    const program = this.options.definitions.programOf(instance);
    if (program === undefined)
      return { line, problem: `${definition} version ${version} is not published here` };
    const state = JSON.parse(instance.state) as SagaState;
    if (state.at > before) return { kind: 'open' };
    const believed = believedCommand(program, state, name);
    if (believed !== undefined && participantOf(believed.call) !== participant)
      return { line, problem: `${believed.call} is a command of another participant than ${participant}` };
    return comparedWith(participant, listed, { direction, instance, changedAt: state.at, believed });
  }
}
