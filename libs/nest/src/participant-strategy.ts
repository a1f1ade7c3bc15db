import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Json } from '#libs/messaging';
import {
  CommandHandlers,
  Participant,
  type CommandContext,
  type CommandHandler,
  type HandlerAnswer,
  type ParticipantParts,
  type ParticipantSettings,
} from '#libs/participant';
import { PARTICIPANT_TRANSPORT, type HandlerExtras } from './participant-transport.js';

/** What a participant in a Nest application is made of. Its handlers are the application's controllers. */
export interface ParticipantOptions<Transaction> extends Omit<ParticipantParts<Transaction>, 'handlers'> {
  readonly settings?: Partial<ParticipantSettings>;
}

/**
 * Carries out commands with the controllers of a Nest application, as a transport strategy.
 *
 * Handlers are methods marked with `@CarriesOut`, `@Answers` or the standard `@MessagePattern` and `@EventPattern`, whose
 * pattern is the type of a command of this participant, `<name>.<verb>`. They get the data as payload and the kit's
 * context as context. Order, batches, memory and replies are the kit's: a handler is called only when there is something
 * to do, so a repeated command costs no call. The sink is started and stopped with the participant.
 */
export class ParticipantStrategy<Transaction> extends Server implements CustomTransportStrategy {
  override readonly transportId = PARTICIPANT_TRANSPORT;
  /** What an event handler throws is ours to see, as with any other handler. */
  override readonly propagatesEventHandlerErrors = true;
  private running: Participant<Transaction> | undefined;

  constructor(private readonly options: ParticipantOptions<Transaction>) {
    super();
  }

  /** The participant, for answering what was accepted. @throws Error before the application listens. */
  get participant(): Participant<Transaction> {
    if (this.running === undefined)
      throw new Error(`the participant ${this.options.name} has not been started`);
    return this.running;
  }

  listen(listening: (error?: unknown) => void): void {
    this.start().then(
      () => listening(),
      (error: unknown) => listening(error),
    );
  }

  /** Finishes what is being carried out, sends its answers, leaves the group. Safe twice and before `listen`. */
  async close(): Promise<void> {
    await this.running?.stop();
    await this.options.sink.stop();
    this._status$.next('stopped');
  }

  override on(event: string): never {
    throw new Error(`a participant has no event "${event}"; subscribe to its status instead`);
  }

  override unwrap<T>(): T {
    return this.participant as T;
  }

  private async start(): Promise<void> {
    const { settings, ...parts } = this.options;
    const participant = new Participant({ ...parts, handlers: this.handlers() }, settings);
    await parts.sink.start();
    // Known before it has joined its group: a close in that moment has to stop it.
    this.running = participant;
    await participant.start();
    this._status$.next('running');
  }

  /** The handlers of this participant; an application may hold several. */
  private handlers(): CommandHandlers<Transaction> {
    const { name } = this.options;
    const ours = [...this.messageHandlers].filter(([pattern]) => pattern.startsWith(`${name}.`));
    if (ours.length === 0) {
      const patterns = [...this.messageHandlers.keys()].join(', ') || 'none at all';
      throw new Error(
        `the participant ${name} has no handlers: their patterns begin with "${name}."; found ${patterns}`,
      );
    }
    const handlers = new CommandHandlers<Transaction>();
    for (const [pattern, handler] of ours) register(handlers, pattern, handler);
    return handlers;
  }
}

function register<Transaction>(
  handlers: CommandHandlers<Transaction>,
  pattern: string,
  handler: MessageHandler,
): void {
  if (handler.next !== undefined) {
    throw new Error(`the command ${pattern} has several handlers; only one can decide its answer`);
  }
  const { kind, undoOfNothing } = (handler.extras ?? {}) as HandlerExtras;
  const call = callOf<Transaction>(handler);
  if (kind === 'query') handlers.query(pattern, call);
  else handlers.command(pattern, call, undoOfNothing === undefined ? {} : { undoOfNothing });
}

/** Nest answers with a value or, when a filter, an interceptor or the handler chose so, with an observable of values. */
function callOf<Transaction>(handler: MessageHandler): CommandHandler<Transaction> {
  return async (data: Json, context: CommandContext<Transaction>): Promise<HandlerAnswer> => {
    const result: unknown = await handler(data, context);
    const answer: unknown = isObservable(result)
      ? await lastValueFrom(result, { defaultValue: undefined })
      : result;
    return answer as HandlerAnswer;
  };
}
