import { partitionName, type SagaId } from '#libs/messaging';
import { anchorOf } from './anchor.js';
import { BatchView, type Work } from './batch-view.js';
import type { Coordination } from './coordination.js';
import { emptyCommit } from './empty-commit.js';
import type { FoldedBatch } from './folded-batch.js';
import { Folding } from './folding.js';
import { homeRecordHandler } from './home-handlers.js';
import type { Lane } from './lane.js';
import type { LaneCommit } from './lane-store.js';
import { limitBatch, type LimitedBatch } from './limits/limit-batch.js';
import { logTransition } from './log-transition.js';
import { encodeOutgoing } from './outgoing-message.js';
import type { Publisher } from './publisher.js';
import { StoreRefusedError } from './store-errors.js';

interface FoldedWork extends Work {
  readonly folded: FoldedBatch;
  readonly said: LimitedBatch;
  readonly commit: LaneCommit;
}

/** Rounds after which starts or revisions that keep changing under a commit are no coincidence. */
const roundsMax = 5;

/**
 * The one place where the order of things is decided:
 *
 * 1. take: records are read from the queues of the lanes, and stay there until they are committed;
 * 2. load: what memory does not hold is read, before folding, so that folding is pure;
 * 3. fold: each saga's inputs are applied in memory, to its net change;
 * 4. commit: state, history, outbox and position of all lanes in one statement, fenced by epoch and sequence;
 * 5. publish: only what is committed leaves, so nothing is ever said that could be forgotten;
 * 6. acknowledge: outbox rows go with a later commit, after the broker has confirmed every message in them.
 */
export class CommitCycle {
  private readonly handle;
  private readonly announced = new Map<string, string>();

  constructor(
    private readonly coordination: Coordination,
    private readonly publisher: Publisher,
  ) {
    this.handle = homeRecordHandler(coordination.definitions);
  }

  /**
   * Carries work through. When it returns, the lanes stand behind it.
   *
   * @throws LaneLostError, StoreUnavailableError: nothing in memory has changed; whether the commit took effect is
   * unknown in the second case.
   */
  async run(work: readonly Work[]): Promise<void> {
    for (const { lane, isSuspect } of work) if (lane.isCareful && !isSuspect) await this.announce(lane);
    try {
      await this.commitTogether(work);
    } catch (error) {
      if (!(error instanceof StoreRefusedError)) throw error;
      await this.findCulprit(work, error);
    }
  }

  /** Stores what is only about lanes themselves: rows that can go, and positions where they have to be confirmed. */
  async settle(lanes: readonly Lane[]): Promise<void> {
    const settling = lanes.map((lane) => {
      const { position, mustConfirm } = lane;
      const acknowledged = [...lane.acknowledgedRows];
      const limited = lane.limited.settling;
      const told = limited === undefined ? {} : { limited };
      const commit = { ...emptyCommit, lane: position, acknowledged, ...told };
      const confirmed =
        mustConfirm && position.nextOffset !== undefined ? { nextOffset: position.nextOffset } : {};
      return { lane, acknowledged, limited, isConfirmed: mustConfirm, commit: { ...commit, ...confirmed } };
    });
    await this.coordination.store.commit(settling.map(({ commit }) => commit));
    for (const { lane, acknowledged, limited, isConfirmed } of settling) {
      lane.settled({ acknowledged, isConfirmed });
      lane.limited.committed(limited);
    }
  }

  /** Leaves a mark before a record is folded that may end this process; whoever finds enough marks parks it. */
  private async announce(lane: Lane): Promise<void> {
    const at = `${lane.position.nextOffset}`;
    // Once is enough: a store that is away for a while makes this process come back here without having died.
    if (this.announced.get(partitionName(lane.at)) === at) return;
    this.announced.set(partitionName(lane.at), at);
    await this.coordination.store.commit([{ ...emptyCommit, lane: lane.position, attempting: true }]);
    lane.settled({ isAttempt: true });
  }

  private async commitTogether(work: readonly Work[]): Promise<void> {
    const view = new BatchView(this.coordination, this.publisher);
    await view.load(work);
    for (let round = 1; ; round += 1) {
      const folded = work.map((one) => this.fold(one, view));
      const result = await this.coordination.store.commit(folded.map(({ commit }) => commit));
      if (result.kind === 'committed') return folded.forEach((one) => this.conclude(one));
      this.coordination.metrics.conflicted(result.kind === 'duplicates' ? 'start' : 'revision');
      if (round === roundsMax)
        throw new StoreRefusedError(`commit did not settle in ${roundsMax} rounds: ${result.kind}`);
      if (result.kind === 'duplicates') await view.learnWinners(result.starts);
      else await view.reread(work, result.sagas);
    }
  }

  private fold(work: Work, view: BatchView): FoldedWork {
    const { lane, records, next, isSuspect } = work;
    const folding = new Folding(this.coordination, view.of(lane), this.handle);
    for (const record of records) {
      if (isSuspect) folding.addSuspect(record);
      else folding.add(record);
    }
    const folded = folding.finish();
    const last = records.at(-1);
    const said = limitBatch(this.coordination.definitions, work, folding, folded);
    const { at } = folded;
    const outbox = said.outbox.length === 0 ? undefined : encodeOutgoing({ at, messages: said.outbox });
    const limited = said.turn?.changes;
    const commit: LaneCommit = {
      ...folded.commit,
      lane: lane.position,
      nextOffset: next,
      ...(last === undefined ? {} : { anchor: anchorOf(last) }),
      ...(outbox === undefined ? {} : { outbox }),
      ...(limited === undefined ? {} : { limited }),
      acknowledged: [...lane.acknowledgedRows],
    };
    return { ...work, folded, said, commit };
  }

  private conclude(work: FoldedWork): void {
    const { lane, next, folded, said, commit } = work;
    const { seq } = lane.position;
    lane.committed({
      next,
      anchor: commit.anchor,
      changed: folded.changed,
      ...(folded.desks === undefined ? {} : { desks: folded.desks }),
      acknowledged: commit.acknowledged,
    });
    lane.limited.committed(commit.limited);
    if (said.outbox.length > 0) lane.publishing(seq);
    if (said.messages.length > 0) this.publisher.add(lane, seq, { at: folded.at, messages: said.messages });
    for (const [limit, answers] of said.turn?.heard ?? []) this.publisher.heard(limit, answers);
    this.tell(folded);
  }

  /** Log, traces and metrics hear of what is stored, and of nothing else. */
  private tell({ transitions, commit, facts = [], hearsay = [] }: FoldedBatch): void {
    const { trace, metrics, log } = this.coordination;
    const isDetailed = log.isDetailed;
    for (const transition of transitions) {
      if (isDetailed) logTransition(log, transition);
      trace.committed(transition);
      metrics.committed(transition);
    }
    for (const { topic, reason } of commit.parked) metrics.parked(topic, reason);
    for (const { definition, gate, count } of commit.gated) metrics.gated(definition, gate, count);
    for (const fact of facts) metrics.askedFor(fact);
    for (const fact of hearsay) metrics.hearsay(fact);
  }

  /** The store refuses something in this work for good: halve it until the record is found, and park that. */
  private async findCulprit(work: readonly Work[], error: StoreRefusedError): Promise<void> {
    const only = work[0]!;
    if (work.length > 1) {
      for (const one of work) await this.run([one]);
    } else if (only.records.length > 1) {
      const middle = only.records.length >> 1;
      const second = only.records.slice(middle);
      await this.run([{ ...only, records: only.records.slice(0, middle), next: second[0]!.offset }]);
      await this.run([{ ...only, records: second }]);
    } else {
      await this.parkRefused(only, error);
    }
  }

  private async parkRefused(work: Work, error: StoreRefusedError): Promise<void> {
    const { log } = this.coordination;
    log.error('the database refuses what a record leads to; the record is parked', {
      at: partitionName(work.lane.at),
    });
    const view = new BatchView(this.coordination, this.publisher);
    await view.load([work]);
    const park = (
      folding: Folding,
      record: Work['records'][number],
      content: { readonly saga: SagaId },
    ): void => {
      if (!folding.knows(content.saga))
        folding.park(record, 'refused-by-database', error.message, content.saga);
      else folding.hold(content.saga, record, 'refused-by-database', error.message);
    };
    const folding = new Folding(this.coordination, view.of(work.lane), park);
    for (const record of work.records) folding.add(record);
    const folded = folding.finish();
    const acknowledged = [...work.lane.acknowledgedRows];
    const commit = { ...folded.commit, lane: work.lane.position, nextOffset: work.next, acknowledged };
    await this.coordination.store.commit([commit]);
    const { messages } = folded;
    this.conclude({ ...work, folded, said: { messages, outbox: messages }, commit });
  }
}
