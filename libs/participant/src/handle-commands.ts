import type { Clock, Instant, Json, Usage } from '#libs/messaging';
import { isOlderThanMemory, mayHaveForgotten } from './age.js';
import type { CommandContext } from './command-context.js';
import type { CommandHandlers, RegisteredHandler } from './command-handlers.js';
import {
  answerFromMemory,
  answerToQuestion,
  distinct,
  notDone,
  settled,
  undoWithoutHandler,
} from './kit-answers.js';
import {
  originOf,
  type Claim,
  type Granted,
  type OperationMemory,
  type Remembered,
  type Settlement,
} from './operation-memory.js';
import type { CommandAnswer, ReceivedCommand } from './received-command.js';
import { answerOf, failed, failureOf, refused, type StoredAnswer } from './stored-answer.js';
import { UsageMeter } from './usage-meter.js';

/** What decides how commands are carried out. */
export interface HandlingRules {
  /** How long after its deadline a command is still started, for clocks that differ. */
  readonly deadlineAllowanceMs: number;
  /** Longest body of an answer, in bytes. */
  readonly maxValueBytes: number;
  readonly signal: AbortSignal;
}

interface ClaimedCommand {
  readonly received: ReceivedCommand;
  readonly claim: Claim;
}

/**
 * Finds the answers to a batch of commands.
 *
 * Guarantees: an answer is returned only when the memory has stored it, or when it needs no memory; answers are in no
 * particular order. Throws only what the memory throws when it cannot be reached; the same batch may be handled again.
 */
export class HandleCommands<Transaction> {
  private readonly meter = new UsageMeter<ReceivedCommand>();

  constructor(
    private readonly handlers: CommandHandlers<Transaction>,
    private readonly memory: OperationMemory<Transaction>,
    private readonly clock: Clock,
    private readonly rules: HandlingRules,
  ) {}

  async handle(batch: readonly ReceivedCommand[]): Promise<readonly CommandAnswer[]> {
    const now = this.clock.now();
    const answers: CommandAnswer[] = [];
    const claims: ClaimedCommand[] = [];
    const questions: ReceivedCommand[] = [];
    const queries: ReceivedCommand[] = [];
    for (const received of batch) {
      const { command } = received;
      if (isOlderThanMemory(command, now, this.memory.durationMs)) {
        answers.push({ received, answer: failed('too-old'), fresh: true });
      } else if (command.verifies !== undefined) questions.push(received);
      else if (this.isQuery(received)) queries.push(received);
      else claims.push({ received, claim: claimOf(received) });
    }
    for (const part of distinct(claims, (claimed) => claimed.claim))
      answers.push(...(await this.claim(part)));
    const asked = distinct(questions, ({ command }) => ({ operation: command.verifies! }));
    for (const part of asked) answers.push(...(await this.ask(part, now)));
    for (const received of queries) answers.push(await this.query(received));
    return answers;
  }

  private isQuery({ command }: ReceivedCommand): boolean {
    return command.compensates === undefined && this.handlers.find(command.type)?.kind === 'query';
  }

  private async claim(part: readonly ClaimedCommand[]): Promise<readonly CommandAnswer[]> {
    const byClaim = new Map(part.map((claimed) => [claimed.claim, claimed.received]));
    const outcomes = await this.memory.carryOut([...byClaim.keys()], {
      carryOut: (granted) => this.carryOut(byClaim.get(granted.claim)!, granted),
      failed: (claim, thrown) => settled(this.meter.told(byClaim.get(claim)!, failureOf(thrown))),
    });
    return outcomes.map(({ remembered, fresh }, index) => ({
      received: part[index]!.received,
      answer: fresh && remembered.answer !== undefined ? remembered.answer : answerFromMemory(remembered),
      fresh,
    }));
  }

  private async carryOut(received: ReceivedCommand, granted: Granted<Transaction>): Promise<Settlement> {
    const { command } = received;
    const now = this.clock.now();
    if (command.deadline !== undefined && now > command.deadline + this.rules.deadlineAllowanceMs) {
      return { state: 'fenced', answer: failed('too-late') };
    }
    const handler = this.handlers.find(command.type);
    if (handler === undefined) return settled(failed('unknown-command'));
    if (command.compensates !== undefined) {
      const forgotten = mayHaveForgotten(command, now, this.memory.durationMs);
      const settlement = undoWithoutHandler(granted.undone, handler.undoOfNothing, forgotten);
      if (settlement !== undefined) return settlement;
    }
    // An undo is never late: a lock passes on only when its holder has undone what it did.
    if (command.locks !== undefined && command.compensates === undefined) {
      if (!(await this.memory.holds(granted.transaction, command.locks)))
        return settled(refused('lock-lost'));
    }
    return settled(await this.call(handler, received, granted.transaction, granted.undone));
  }

  private async ask(questions: readonly ReceivedCommand[], now: Instant): Promise<readonly CommandAnswer[]> {
    const found = await this.memory.ask(
      questions.map(({ command }) => ({
        operation: command.verifies!,
        by: command.id,
        mayBeForgotten: mayHaveForgotten(command, now, this.memory.durationMs),
      })),
    );
    const answers: CommandAnswer[] = [];
    for (const [index, received] of questions.entries()) {
      answers.push({ received, answer: await this.verified(received, found[index]), fresh: true });
    }
    return answers;
  }

  /**
   * A query handler may say the output of a done operation afresh. Whether it was done is for the memory to say, unless
   * the handler knows for certain that it was not.
   */
  private async verified(
    received: ReceivedCommand,
    remembered: Remembered | undefined,
  ): Promise<StoredAnswer> {
    const handler = this.handlers.find(received.command.type);
    if (remembered?.state !== 'done' || handler?.kind !== 'query') return answerToQuestion(remembered);
    const answer = await this.read(handler, received, remembered);
    const isContradicted = answer.outcome === 'rejected' && answer.error !== notDone;
    return isContradicted ? answerToQuestion(remembered) : answer;
  }

  private async query(received: ReceivedCommand): Promise<CommandAnswer> {
    const answer = await this.read(this.handlers.find(received.command.type)!, received, undefined);
    return { received, answer, fresh: true };
  }

  /** Nothing was changed, so that whatever is thrown is a plain failure. */
  private async read(
    handler: RegisteredHandler<Transaction>,
    received: ReceivedCommand,
    remembered: Remembered | undefined,
  ): Promise<StoredAnswer> {
    try {
      return await this.memory.within((transaction) => this.call(handler, received, transaction, remembered));
    } catch (error) {
      return this.meter.told(received, failureOf(error));
    }
  }

  private async call(
    handler: RegisteredHandler<Transaction>,
    received: ReceivedCommand,
    transaction: Transaction,
    remembered: Remembered | undefined,
  ): Promise<StoredAnswer> {
    const { signal } = this.rules;
    const used = (amounts: Usage): void => this.meter.add(received, amounts);
    const context = contextOf(received, transaction, remembered, { signal, used });
    const result = await received.span.handle(async () => handler.handle(received.command.data, context));
    return this.meter.told(received, answerOf(result, this.rules.maxValueBytes));
  }
}

function claimOf({ command }: ReceivedCommand): Claim {
  return {
    operation: command.operation,
    attempt: command.attempt,
    origin: originOf(command),
    ...(command.compensates === undefined ? {} : { undoes: command.compensates }),
  };
}

function contextOf<Transaction>(
  { command }: ReceivedCommand,
  transaction: Transaction,
  remembered: Remembered | undefined,
  { signal, used }: Pick<CommandContext<Transaction>, 'signal' | 'used'>,
): CommandContext<Transaction> {
  return {
    command,
    operation: command.operation,
    transaction,
    signal,
    used,
    ...(command.deadline === undefined ? {} : { deadline: command.deadline }),
    ...(command.compensates === undefined ? {} : { compensates: command.compensates }),
    ...(remembered === undefined
      ? {}
      : { remembered: { state: remembered.state, output: outputOf(remembered) } }),
  };
}

function outputOf({ answer }: Remembered): Json {
  return answer?.outcome === 'succeeded' ? (JSON.parse(answer.value) as Json) : null;
}
