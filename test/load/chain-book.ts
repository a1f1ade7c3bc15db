import { header, headerText, type InboundRecord, type Instant } from '#libs/messaging';
import { CauseBook, type TransitionTimes } from './cause-book.js';
import { latencyOf, type Latency } from './figures.js';

/** What a chain of stages came to. */
export interface ChainTimes extends TransitionTimes {
  /** What lies between the event and the last reply of a saga and is no stage's own time, all of it together. */
  readonly overhead: Latency;
  /** Sagas that asked every stage once, and each only after the reply of the one before. */
  readonly inOrder: number;
}

interface Stage {
  readonly name: string;
  readonly askedAt: Instant;
  readonly cause: string;
}

/** Reads what sagas of one chain left in the topics, in whichever order. What was stored twice counts once. */
export class ChainBook {
  private readonly causes: CauseBook;
  private readonly begun = new Map<string, Instant>();
  private readonly sagas = new Map<string, Map<string, Stage>>();
  private readonly replies = new Map<string, { readonly id: string; readonly at: Instant }>();

  /** `startedBy` is the type of the events that start sagas; `stages` are the commands, in their order. */
  constructor(
    private readonly startedBy: string,
    private readonly stages: readonly string[],
  ) {
    this.causes = new CauseBook(startedBy);
  }

  enter(record: InboundRecord): void {
    this.causes.enter(record);
    const of = (name: string): string => headerText(record.headers, name) ?? '';
    if (of(header.record) !== '') return;
    const [id, type, cause, at] = [of(header.id), of(header.type), of(header.causation), record.timestamp];
    if (type === this.startedBy) this.begun.set(id, this.begun.get(id) ?? at);
    else if (of(header.outcome) !== '') this.replies.set(cause, this.replies.get(cause) ?? { id, at });
    else if (this.stages.includes(type))
      this.ask(of(header.correlation), id, { name: type, askedAt: at, cause });
  }

  times(): ChainTimes {
    const all = [...this.sagas.values()].flatMap((asked) => this.overheadOf(asked) ?? []);
    return { ...this.causes.times(), overhead: latencyOf(all), inOrder: all.length };
  }

  private ask(saga: string, id: string, stage: Stage): void {
    const asked = this.sagas.get(saga) ?? new Map<string, Stage>();
    this.sagas.set(saga, asked);
    if (!asked.has(id)) asked.set(id, stage);
  }

  /** `undefined` where a stage is missing, was asked twice or follows from something else than the one before. */
  private overheadOf(asked: ReadonlyMap<string, Stage>): number | undefined {
    if (asked.size !== this.stages.length) return undefined;
    const left = new Map([...asked].map(([id, stage]) => [stage.cause, { id, ...stage }]));
    let cause = [...left.keys()].find((each) => this.begun.has(each)) ?? '';
    let before = this.begun.get(cause) ?? 0;
    let overhead = 0;
    for (const name of this.stages) {
      const stage = left.get(cause);
      const reply = stage && this.replies.get(stage.id);
      if (stage?.name !== name || reply === undefined) return undefined;
      overhead += stage.askedAt - before;
      [cause, before] = [reply.id, reply.at];
    }
    return overhead;
  }
}
