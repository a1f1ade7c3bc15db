import type { CommandContext, CommandHandler } from '#libs/participant';
import { TransientError } from '#libs/participant';
import { waitFor, type Clock } from '#libs/messaging';
import type { ReplyLoss } from './reply-loss.js';

/**
 * How a participant behaves, said by the data itself so that runs repeat: what stands behind `~` in an article, a card
 * or a postcode. `busy`: the first attempt fails. `slow`: takes a moment. `lost`: it is done, but the first answer is
 * lost. `silent`: the first attempt is not done and not answered. `later`: accepted, and answered after a while.
 */
export type Behaviour = 'busy' | 'slow' | 'lost' | 'silent' | 'later';

const behaviours: ReadonlySet<string> = new Set<Behaviour>(['busy', 'slow', 'lost', 'silent', 'later']);
const slowMs = 300;
const busyMs = 1_000;

/** A text without the behaviour it may carry. */
export function plainText(text: string): string {
  const tilde = text.indexOf('~');
  return tilde < 0 ? text : text.slice(0, tilde);
}

/** The behaviour that `text` asks for, or `undefined`. */
export function behaviourOf(text: string): Behaviour | undefined {
  const tilde = text.indexOf('~');
  const name = tilde < 0 ? '' : text.slice(tilde + 1);
  return behaviours.has(name) ? (name as Behaviour) : undefined;
}

/** Wraps a handler so that it behaves as its data asks. `later` is left to the handler itself. */
export function behaving<Transaction, Data>(
  handler: CommandHandler<Transaction, Data>,
  textOf: (data: Data) => string,
  clock: Clock,
  loss: ReplyLoss,
): CommandHandler<Transaction, Data> {
  return async (data: Data, context: CommandContext<Transaction>) => {
    const isFirst = context.command.attempt === 1;
    switch (behaviourOf(textOf(data))) {
      case 'busy':
        if (isFirst) throw new TransientError('busy as asked', { error: 'busy', retryAfterMs: busyMs });
        break;
      case 'silent':
        if (isFirst) {
          loss.loseNext(context.operation);
          throw new TransientError('silent as asked', { error: 'silent' });
        }
        break;
      case 'slow':
        await waitFor(clock, slowMs);
        break;
      case 'lost':
        loss.loseNext(context.operation);
        break;
      case 'later':
      case undefined:
        break;
    }
    return handler(data, context);
  };
}
