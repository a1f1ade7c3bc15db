import { afterEach, describe, expect, it } from '@jest/globals';
import { header, type Answer, type Command, type PartitionEdges } from '#libs/messaging';
import { ScriptedSink, ScriptedSource } from '#libs/testing';
import { ForgetfulOperationMemory } from './forgetful-operation-memory.js';
import { Participant } from './participant.js';
import { clock, command, lane, until } from './participant.fixture.js';
import { NoParticipantTrace, type HandlingSpan } from './participant-trace.js';
import type { CommandCarrier, Sending } from './relay-commands.js';

/** Answers as it is told, and notes what it was asked. */
class NotingCarrier implements CommandCarrier {
  readonly carried: { readonly command: Command; readonly isRepeated: boolean }[] = [];

  constructor(private readonly answer: Answer | undefined) {}

  carryOut(asked: Command, { isRepeated }: Sending): Promise<Answer | undefined> {
    this.carried.push({ command: asked, isRepeated });
    return Promise.resolve(this.answer);
  }
}

/** Notes the operations that nothing was said about. */
class NotingTrace extends NoParticipantTrace {
  readonly unanswered: string[] = [];

  override receive(asked: Command): HandlingSpan {
    const span = super.receive(asked);
    return {
      handle: (run) => span.handle(run),
      answered: (answer, fresh) => span.answered(answer, fresh),
      unanswered: () => void this.unanswered.push(asked.operation),
    };
  }
}

let stop: () => Promise<void> = () => Promise.resolve();

afterEach(() => stop());

const done: Answer = { outcome: 'succeeded', data: { id: 7 } };

/** A partition that held `end` records already when it was given to its reader. */
class FilledSource extends ScriptedSource {
  constructor(private readonly end: number) {
    super([lane]);
  }

  override edges(): Promise<PartitionEdges> {
    return Promise.resolve({ start: 0, end: this.end });
  }
}

async function relaying(answer: Answer | undefined, end = 0) {
  const source = new FilledSource(end);
  const sink = new ScriptedSink();
  const carrier = new NotingCarrier(answer);
  const memory = new ForgetfulOperationMemory(clock);
  const trace = new NotingTrace();
  const participant = new Participant(
    { name: 'inventory', handlers: carrier, source, sink, memory, clock, trace },
    { commitEveryMs: 5 },
  );
  stop = () => participant.stop();
  await participant.start();
  return {
    carrier,
    sink,
    unanswered: trace.unanswered,
    ask: (change?: Partial<Command>) => source.deliver(lane, [command(change)]),
    untilCommitted: (next: number) =>
      until(() => source.hints.at(-1)?.next === next, `position ${next} is committed`),
  };
}

describe('a participant that passes commands on', () => {
  it('answers what it is told', async () => {
    const { ask, sink, carrier, untilCommitted } = await relaying(done);

    ask();
    await untilCommitted(1);

    expect(carrier.carried).toMatchObject([{ command: { operation: 'op-1' }, isRepeated: false }]);
    expect(sink.sent.map(({ value, headers }) => [value, headers[header.outcome]])).toEqual([
      ['{"id":7}', 'succeeded'],
    ]);
  });

  it('says nothing where nobody knows, and goes on behind it', async () => {
    const { ask, sink, unanswered, untilCommitted } = await relaying(undefined);

    ask();
    await untilCommitted(1);

    expect(sink.sent).toEqual([]);
    expect(unanswered).toEqual(['op-1']);
  });

  it('says when a command was sent before', async () => {
    const { ask, carrier, untilCommitted } = await relaying(done);

    ask({ isRepeat: true });
    await untilCommitted(1);

    expect(carrier.carried.map(({ isRepeated }) => isRepeated)).toEqual([true]);
  });

  it('takes what lay there before it came for sent before', async () => {
    const { ask, carrier, untilCommitted } = await relaying(done, 1);

    ask({ operation: 'old' });
    ask({ operation: 'new' });
    await untilCommitted(2);

    expect(carrier.carried.map(({ command: { operation }, isRepeated }) => [operation, isRepeated])).toEqual([
      ['old', true],
      ['new', false],
    ]);
  });

  it('does not begin what comes too late, and says so unless it may have been begun before', async () => {
    const { ask, sink, carrier, untilCommitted } = await relaying(done);
    const deadline = clock.now() - 1_000;

    ask({ operation: 'new', deadline });
    ask({ operation: 'again', deadline, isRepeat: true });
    await untilCommitted(2);

    expect(carrier.carried).toEqual([]);
    expect(sink.sent.map(({ headers }) => [headers[header.operation], headers[header.error]])).toEqual([
      ['new', 'too-late'],
    ]);
  });
});
