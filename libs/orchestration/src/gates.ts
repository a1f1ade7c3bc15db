import {
  partitionName,
  waitFor,
  type EventSource,
  type PublishOutcome,
  type RecordBatch,
  type TopicPartition,
} from '#libs/messaging';
import { anchorOf, positionProblem } from './anchor.js';
import { emptyCommit } from './empty-commit.js';
import type { GateCoordination } from './gate-coordination.js';
import { Gate, type ForwardedStart, type GateTurn } from './gate.js';
import { haltedIncident, lookAgainMs } from './lane-takeover.js';

const queueRecords = 2_000;
const storeEveryMs = 1_000;
const retryMs = 500;
const roomEveryMs = 100;

/**
 * Reads the domain topics that triggers name, and forwards what starts a saga to its home partition.
 *
 * Forwarding is at least once: the stored position moves, at most once a second, only behind what the broker has
 * acknowledged, and the lane drops repeats because a start always has the same saga id.
 */
export class Gates {
  private readonly gates = new Map<string, Gate>();
  private source: EventSource | undefined;
  private topics: readonly string[] = [];
  private running = false;
  private loop: Promise<void> | undefined;
  private nudge: (() => void) | undefined;
  private unsubscribe: (() => void) | undefined;
  private following: Promise<void> = Promise.resolve();

  constructor(private readonly coordination: GateCoordination) {}

  /** Follows the topics of the loaded triggers, and new ones as they are published. */
  async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.loop = this.run();
    this.unsubscribe = this.coordination.definitions.onChange(() => this.followLater());
    await this.follow();
  }

  /** Forwards what is under way, stores positions and leaves the group. Safe twice. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    this.unsubscribe?.();
    this.nudge?.();
    await this.loop;
    await this.following;
    await this.storeAll();
    await this.source?.stop();
  }

  /** What every gate is doing. */
  get phases(): readonly { readonly gate: string; readonly phase: Gate['phase'] }[] {
    return [...this.gates].map(([gate, { phase }]) => ({ gate, phase }));
  }

  private follow(): Promise<void> {
    this.following = this.following.then(() => this.followNow());
    return this.following;
  }

  private async followNow(): Promise<void> {
    const { definitions, log, clock } = this.coordination;
    const wanted: string[] = [];
    for (const topic of definitions.topics()) {
      if (await this.isThere(topic)) wanted.push(topic);
      else clock.after(2_000, () => this.followLater());
    }
    if (!this.running || wanted.join() === this.topics.join()) return;
    await this.storeAll();
    await this.source?.stop();
    this.gates.clear();
    this.topics = wanted;
    this.source = wanted.length === 0 ? undefined : this.coordination.sourceOf(wanted);
    await this.source?.start({
      assigned: (partitions) => partitions.forEach((at) => void this.open(at)),
      revoked: (partitions) => partitions.forEach((at) => void this.close(at)),
      batch: (batch) => this.accept(batch),
      progress: (at, from, next) => this.accept({ ...at, from, next, end: next, records: [] }),
      lost: (at, expected) => this.lose(at, expected),
      fatal: (error) => {
        log.error('the source of the domain topics has died', { error: String(error) });
        this.coordination.onFatal(error);
      },
    });
  }

  private followLater(): void {
    if (this.running) void this.follow().catch((error: unknown) => this.coordination.onFatal(error as Error));
  }

  /** One topic that cannot be read, for whatever reason, keeps no other from being read. */
  private async isThere(topic: string): Promise<boolean> {
    const { log, sink } = this.coordination;
    try {
      if ((await sink.partitions(topic)) !== undefined) return true;
      log.warn('a trigger names a topic that does not exist yet', { topic });
    } catch (error) {
      log.warn('a topic that a trigger names cannot be looked at yet', { topic, reason: String(error) });
    }
    return false;
  }

  private async open(at: TopicPartition): Promise<void> {
    const { store, owner, clock, log } = this.coordination;
    const gate = new Gate(at);
    const former = this.gates.get(partitionName(at));
    if (former !== undefined) former.phase = 'closed';
    this.gates.set(partitionName(at), gate);
    while (gate.phase === 'taking') {
      try {
        gate.position = await store.takeOver(at, owner);
        await this.place(gate);
        return;
      } catch (error) {
        log.warn('gate cannot be opened yet', { gate: partitionName(at), error: String(error) });
        await waitFor(clock, retryMs);
      }
    }
  }

  private async place(gate: Gate): Promise<void> {
    const source = this.source!;
    const position = gate.position!;
    const edges = await source.edges(gate.at);
    const { anchor } = position;
    const found =
      anchor === undefined || anchor.offset < edges.start
        ? undefined
        : await source.peek(gate.at, anchor.offset);
    const problem = positionProblem(position, edges, found);
    if (problem !== undefined) return this.halt(gate, problem);
    if (gate.phase !== 'taking') return;
    gate.expected = position.nextOffset ?? edges.start;
    gate.phase = 'open';
    gate.isPaused = false;
    source.seek(gate.at, gate.expected);
    source.resume(gate.at);
  }

  private async halt(gate: Gate, problem: string): Promise<void> {
    const { store, clock, log } = this.coordination;
    gate.phase = 'halted';
    log.error('gate is halted', { gate: partitionName(gate.at), problem });
    clock.after(lookAgainMs, () => {
      const isOurs = this.gates.get(partitionName(gate.at)) === gate;
      if (this.running && isOurs && gate.phase === 'halted') void this.open(gate.at);
    });
    const incident = {
      id: haltedIncident(gate.at),
      open: true,
      code: 'LANE_HALTED',
      message: problem,
      at: clock.now(),
    };
    await store.commit([{ ...emptyCommit, lane: gate.position!, incidents: [incident] }]);
  }

  private lose(at: TopicPartition, expected: number): void {
    const gate = this.gates.get(partitionName(at));
    if (gate === undefined || gate.phase !== 'open') return;
    void this.halt(gate, `offset ${expected} is not in the partition: the topic was recreated or truncated`);
  }

  private async close(at: TopicPartition): Promise<void> {
    const gate = this.gates.get(partitionName(at));
    if (gate === undefined) return;
    await this.store(gate);
    gate.phase = 'closed';
    if (this.gates.get(partitionName(at)) === gate) this.gates.delete(partitionName(at));
  }

  private accept(batch: RecordBatch): void {
    const gate = this.gates.get(partitionName(batch));
    if (gate === undefined || gate.phase !== 'open') return;
    if (batch.from !== gate.expected) return this.source?.seek(gate.at, gate.expected!);
    gate.queue.push(batch);
    gate.expected = batch.next;
    if (gate.queue.length > queueRecords && !gate.isPaused) {
      gate.isPaused = true;
      this.source?.pause(gate.at);
    }
    this.nudge?.();
  }

  private async run(): Promise<void> {
    while (this.running) {
      const open = [...this.gates.values()].filter((gate) => gate.phase === 'open');
      // Side by side, so that what several gates forward leaves in one request.
      const served = await Promise.all(open.map((gate) => this.serve(gate)));
      if (!served.includes(true)) await this.idle();
    }
  }

  /** Forwards and stores; false when there was nothing to forward. */
  private async serve(gate: Gate): Promise<boolean> {
    const hasForwarded = await this.forward(gate);
    if (this.coordination.clock.elapsed() - gate.storedAt >= storeEveryMs) await this.store(gate);
    return hasForwarded;
  }

  private idle(): Promise<void> {
    const open = [...this.gates.values()].filter(({ phase }) => phase === 'open');
    return new Promise((resolve) => {
      const ms = open.some(({ isHeld }) => isHeld) ? roomEveryMs : storeEveryMs / 2;
      const cancel = this.coordination.clock.after(ms, resolve);
      this.nudge = () => {
        cancel();
        resolve();
      };
      if (open.some(({ isHeld, queue }) => !isHeld && queue.length > 0)) this.nudge();
    });
  }

  /** Forwards the next records of a gate; false when there are none, or no room for what they start. */
  private async forward(gate: Gate): Promise<boolean> {
    const turn = gate.take(this.coordination);
    if (turn === undefined) return false;
    const starts = await this.letIn(turn);
    // Looked at again with the others, which go on: their sagas may need nothing of what there is too much of.
    if (starts.length === 0 && turn.starts.length > 0) return false;
    await this.coordination.admission.room(
      new Set(starts.map(({ record }) => record.part)),
      () => !this.running,
    );
    if (await this.send(gate, starts)) gate.passed(turn, starts.length);
    if (gate.isPaused && gate.queue.length < queueRecords / 2) {
      gate.isPaused = false;
      this.source?.resume(gate.at);
    }
    return true;
  }

  /** What may be forwarded of it now. */
  private async letIn({ starts }: GateTurn): Promise<readonly ForwardedStart[]> {
    const definitions = new Set(starts.flatMap(({ definition }) => definition ?? []));
    const count = await this.coordination.limitIntake.letIn(definitions, starts.length);
    return count === starts.length ? starts : starts.slice(0, count);
  }

  /** Sends until everything is acknowledged or parked; false when the gate was closed before that. */
  private async send(gate: Gate, starts: readonly ForwardedStart[]): Promise<boolean> {
    const { sink, clock, log } = this.coordination;
    let left = starts;
    while (left.length > 0 && gate.phase === 'open') {
      const outcomes = await sink.publish(left.map(({ record }) => record));
      left = left.filter((start, index) => this.isLeft(gate, start, outcomes[index]!));
      if (left.length === 0) break;
      log.warn('starts are not acknowledged yet', {
        gate: partitionName(gate.at),
        count: left.length,
        reason: reasonIn(outcomes),
      });
      if (!this.running) return false;
      await waitFor(clock, retryMs);
    }
    return left.length === 0;
  }

  private isLeft(gate: Gate, start: ForwardedStart, outcome: PublishOutcome): boolean {
    if (outcome.kind === 'acknowledged') {
      if (outcome.end !== undefined) this.coordination.admission.noteEnd(start.record.part, outcome.end);
      return false;
    }
    // What the event itself causes is parked; a topic or permission that is missing can be mended, so it is waited for.
    if (outcome.kind === 'unsent' || (outcome.code !== 'too-large' && outcome.code !== 'invalid'))
      return true;
    gate.park(start.origin, `home-topic-${outcome.code}`, outcome.reason);
    return false;
  }

  /** Metrics hear of what is stored, and of nothing else. */
  private count({ news, intake }: Gate): void {
    const { metrics } = this.coordination;
    for (const { topic, reason } of news.parked) metrics.parked(topic, reason);
    for (const { definition, gate, count } of news.gated) metrics.gated(definition, gate, count);
    for (const { definition, cause, count } of intake.take()) metrics.tookIn(definition, cause, count);
  }

  private async storeAll(): Promise<void> {
    for (const gate of this.gates.values()) await this.store(gate);
  }

  private async store(gate: Gate): Promise<void> {
    const { store, clock, log } = this.coordination;
    if (gate.phase !== 'open' || !gate.hasNews) return;
    gate.storedAt = clock.elapsed();
    const lane = gate.position!;
    const nextOffset = gate.forwarded!;
    const anchor = gate.last === undefined ? lane.anchor : anchorOf(gate.last);
    try {
      await store.commit([
        { ...emptyCommit, lane, nextOffset, ...gate.news, ...(anchor === undefined ? {} : { anchor }) },
      ]);
      const moved = { ...lane, seq: lane.seq + 1, nextOffset, takeovers: 0 };
      this.count(gate);
      gate.stored(anchor === undefined ? moved : { ...moved, anchor });
      void this.source?.hint(gate.at, nextOffset).catch(() => undefined);
    } catch (error) {
      log.warn('gate position was not stored; the partition is taken over again', {
        gate: partitionName(gate.at),
        error: String(error),
      });
      gate.phase = 'closed';
      this.source?.pause(gate.at);
      if (this.running)
        clock.after(
          retryMs,
          () => this.gates.get(partitionName(gate.at)) === gate && void this.open(gate.at),
        );
    }
  }
}

/** Why the first of them is not stored. */
function reasonIn(outcomes: readonly PublishOutcome[]): string {
  const [reason = ''] = outcomes.flatMap((outcome) =>
    outcome.kind === 'acknowledged' ? [] : [outcome.reason],
  );
  return reason;
}
