import type { Json } from '#libs/messaging';
import type { CommandContext } from './command-context.js';
import type { HandlerAnswer } from './handler-answer.js';

/** Carries out one command. It may be called again for a command whose transaction was rolled back. */
export type CommandHandler<Transaction, Data = Json> = (
  data: Data,
  context: CommandContext<Transaction>,
) => HandlerAnswer | Promise<HandlerAnswer>;

/** How a command is treated. */
export interface CommandOptions {
  /**
   * What a compensation does when the operation it undoes never came or had no effect: `succeed` (default) answers
   * without calling the handler, `call` calls it. The mark that refuses the operation from now on is left in both cases.
   */
  readonly undoOfNothing?: 'succeed' | 'call';
}

/** A handler with how it was registered. */
export interface RegisteredHandler<Transaction> {
  readonly kind: 'command' | 'query';
  readonly handle: CommandHandler<Transaction>;
  readonly undoOfNothing: 'succeed' | 'call';
}

/** The commands of one participant, by type. */
export class CommandHandlers<Transaction> {
  private readonly byType = new Map<string, RegisteredHandler<Transaction>>();

  /** A command with an effect, remembered by its operation. Compensations are registered the same way. */
  command<Data = Json>(
    type: string,
    handle: CommandHandler<Transaction, Data>,
    options: CommandOptions = {},
  ): this {
    return this.register(type, 'command', handle, options.undoOfNothing ?? 'succeed');
  }

  /**
   * A command without effect: called each time, nothing is remembered.
   *
   * As the target of a verification the kit decides from its memory whether the operation was done, and calls the
   * handler only for a done one, to say its output afresh, or that it was not done after all (`disproved()`); without a handler the remembered output
   * is the answer.
   */
  query<Data = Json>(type: string, handle: CommandHandler<Transaction, Data>): this {
    return this.register(type, 'query', handle, 'succeed');
  }

  /** The handler of `type`, or `undefined` when this participant has none. */
  find(type: string): RegisteredHandler<Transaction> | undefined {
    return this.byType.get(type);
  }

  /** The registered types, in the order of registration. */
  types(): readonly string[] {
    return [...this.byType.keys()];
  }

  private register<Data>(
    type: string,
    kind: 'command' | 'query',
    handle: CommandHandler<Transaction, Data>,
    undoOfNothing: 'succeed' | 'call',
  ): this {
    if (this.byType.has(type))
      throw new TypeError(`the command ${type} has two handlers; register each type once`);
    // What a handler expects of its data is its own business, as with any message body.
    this.byType.set(type, { kind, handle: handle as CommandHandler<Transaction>, undoOfNothing });
    return this;
  }
}
