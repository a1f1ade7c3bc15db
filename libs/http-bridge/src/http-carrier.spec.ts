import { describe, expect, it } from '@jest/globals';
import { NoLog, Secrets, SystemClock, type Answer, type Command } from '#libs/messaging';
import { command, participant } from './command.fixture.js';
import { HttpCarrier } from './http-carrier.js';
import { HttpExchange, type HttpOutcome } from './http-exchange.js';
import type { HttpCommand, HttpParticipant } from './http-participant.js';
import type { HttpRequest } from './http-request.js';

class ScriptedExchange extends HttpExchange {
  readonly sent: HttpRequest[] = [];

  constructor(private readonly outcomes: readonly HttpOutcome[]) {
    super();
  }

  override send(request: HttpRequest): Promise<HttpOutcome> {
    this.sent.push(request);
    return Promise.resolve(this.outcomes[this.sent.length - 1]!);
  }

  override close(): void {
    // Nothing is open.
  }
}

class KnownSecrets extends Secrets {
  constructor(private readonly known: Readonly<Record<string, string>>) {
    super();
  }

  override find(name: string): Promise<string | undefined> {
    return Promise.resolve(this.known[name]);
  }
}

const lost: HttpOutcome = { kind: 'lost', reason: 'ECONNRESET' };
const unreachable: HttpOutcome = { kind: 'not-sent', reason: 'ECONNREFUSED' };
const busy: HttpOutcome = { kind: 'answered', status: 503, body: null };
const done: HttpOutcome = { kind: 'answered', status: 200, body: { id: 7 } };

function carrier(
  outcomes: readonly HttpOutcome[],
  call: Partial<HttpCommand> = {},
  change: Partial<HttpParticipant> = {},
  allowsOpen?: boolean,
) {
  const exchange = new ScriptedExchange(outcomes);
  const { signal } = new AbortController();
  const carrying = new HttpCarrier({
    participant: participant(call, change),
    exchange,
    secrets: new KnownSecrets({ 'payment-token': 'tok' }),
    clock: new SystemClock(),
    log: new NoLog(),
    allowsOpen,
  });
  const carry = (what: Partial<Command> = {}, isRepeated = false): Promise<Answer | undefined> =>
    carrying.carryOut(command(what), { isRepeated, signal });
  return { exchange, carry };
}

describe('a carrier', () => {
  it('shows the secret that the contract names', async () => {
    const { exchange, carry } = carrier([done], {}, { secret: 'payment-token' });

    await carry();

    expect(exchange.sent[0]!.headers).toMatchObject({ authorization: 'Bearer tok' });
  });

  it.each([
    ['a secret it does not have', {}, { secret: 'other' }, {}, { error: 'secret-missing' }],
    [
      'a path it cannot fill',
      { path: '/x/{nope}' },
      {},
      {},
      { error: 'request-impossible', retryAfterMs: 'never' },
    ],
    ['a command the contract does not have', {}, {}, { type: 'payment.other' }, { error: 'unknown-command' }],
  ])('sends nothing for want of %s', async (_what, call, change, asked, said) => {
    const { exchange, carry } = carrier([], call, change);

    expect(await carry(asked)).toEqual({ outcome: 'failed', data: null, ...said });
    expect(exchange.sent).toEqual([]);
  });

  it.each([
    ['http://payment.example', { outcome: 'failed', error: 'address-open', data: null }],
    ['https://payment.example', expect.objectContaining({ outcome: 'succeeded' })],
  ])('says nothing in the open where that is not allowed: %s', async (base, answer) => {
    const { carry } = carrier([done], {}, { base }, false);

    expect(await carry()).toEqual(answer);
  });

  it('does not call a call failed that may have been carried out before', async () => {
    const { carry } = carrier([lost, busy, unreachable, done, busy]);

    const answers = [await carry(), await carry(), await carry(), await carry(), await carry()];

    expect(answers.map((answer) => answer?.outcome)).toEqual([
      undefined,
      undefined,
      undefined,
      'succeeded',
      'failed',
    ]);
  });

  it('does not call a repeated one failed, for somebody else may have passed it on before', async () => {
    const { carry } = carrier([busy, busy, done, busy]);

    const answers = [await carry({}, true), await carry(), await carry(), await carry()];

    expect(answers.map((answer) => answer?.outcome)).toEqual([undefined, undefined, 'succeeded', 'failed']);
  });

  it('keeps the doubts of operations apart', async () => {
    const { carry } = carrier([lost, busy]);

    await carry();

    expect(await carry({ operation: 'other' })).toMatchObject({ outcome: 'failed', error: 'http-503' });
  });

  it('has no doubt about a question', async () => {
    const { carry } = carrier([lost, busy], { hasEffect: false });

    expect([await carry(), await carry()].map((answer) => answer?.error)).toEqual(['no-answer', 'http-503']);
  });
});
