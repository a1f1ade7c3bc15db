import type { Answer, Clock, Command, Log, Secrets } from '#libs/messaging';
import type { CommandCarrier, Sending } from '#libs/participant';
import { isOpenAddress } from '#libs/saga';
import { meaningOf } from './answer-meaning.js';
import type { HttpExchange, HttpOutcome } from './http-exchange.js';
import type { HttpCommand, HttpParticipant } from './http-participant.js';
import { RequestImpossibleError, requestOf, type HttpRequest } from './http-request.js';

/** What a carrier works with. */
export interface HttpCarrierOptions {
  readonly participant: HttpParticipant;
  readonly exchange: HttpExchange;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether addresses are called that others could read along with. Default true. */
  readonly allowsOpen?: boolean | undefined;
}

const doubtsKept = 10_000;

/** Carries out the commands of one participant by calling it. */
export class HttpCarrier implements CommandCarrier {
  /** Operations that may have been carried out: no later answer to a repeat proves that they were not. */
  private readonly doubts = new Set<string>();

  constructor(private readonly options: HttpCarrierOptions) {}

  async carryOut(command: Command, { isRepeated, signal }: Sending): Promise<Answer | undefined> {
    const { participant, clock } = this.options;
    const call = participant.calls.get(command.type);
    if (call === undefined) return failure('unknown-command');
    if (isRepeated && call.hasEffect) this.doubt(command.operation);
    const request = await this.request(call, command);
    if ('outcome' in request) return this.told(call, command, request);
    const outcome = await this.options.exchange.send(request, signal);
    return this.told(call, command, meaningOf(call, outcome, clock.now()), outcome);
  }

  private async request(call: HttpCommand, command: Command): Promise<HttpRequest | Answer> {
    const { participant, secrets, allowsOpen = true } = this.options;
    if (!allowsOpen && isOpenAddress(participant.base)) return failure('address-open');
    const { secret } = participant;
    const token = secret === undefined ? undefined : await secrets.find(secret);
    if (secret !== undefined && token === undefined) return failure('secret-missing');
    try {
      return requestOf(participant, call, command, token);
    } catch (error) {
      if (error instanceof RequestImpossibleError)
        return { ...failure('request-impossible'), retryAfterMs: 'never' };
      throw error;
    }
  }

  private doubt(operation: string): void {
    this.doubts.add(operation);
    if (this.doubts.size > doubtsKept) this.doubts.delete(this.doubts.values().next().value!);
  }

  private told(
    call: HttpCommand,
    { operation, type, saga }: Command,
    answer: Answer | undefined,
    outcome?: HttpOutcome,
  ): Answer | undefined {
    if (!call.hasEffect) return answer;
    const isDoubtful = answer === undefined || (answer.outcome === 'failed' && this.doubts.has(operation));
    if (!isDoubtful) {
      this.doubts.delete(operation);
      return answer;
    }
    this.doubt(operation);
    this.options.log.warn('it is not known whether a call was carried out', {
      saga,
      type,
      ...shown(outcome),
    });
    return undefined;
  }
}

function shown(outcome: HttpOutcome | undefined): Record<string, string | number> {
  if (outcome === undefined) return {};
  return outcome.kind === 'answered' ? { status: outcome.status } : { reason: outcome.reason };
}

function failure(error: string): Answer {
  return { outcome: 'failed', error, data: null };
}
