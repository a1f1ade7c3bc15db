import { describe, expect, it } from '@jest/globals';
import { signatureProblem, webhookSignature } from './webhook-signature.js';

// The example of the specification.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const request = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  body: Buffer.from('{"test": 2432232314}'),
};
const now = 1_614_265_330_000;

describe('the signature of a webhook', () => {
  it('is that of the specification', () => {
    expect(webhookSignature(request, secret)).toBe(request.signature);
    expect(signatureProblem(request, secret, now)).toBeUndefined();
  });

  it('may be one of several, as while a secret is replaced', () => {
    const signature = `v1,b3RoZXI= v2,x ${request.signature}`;

    expect(signatureProblem({ ...request, signature }, secret, now)).toBeUndefined();
  });

  it.each([
    ['another body', { body: Buffer.from('{"test": 2432232315}') }],
    ['another id', { id: 'msg_other' }],
    ['no signature', { signature: '' }],
    ['half a signature', { signature: request.signature.slice(0, 20) }],
  ])('does not fit %s', (_what, change) => {
    expect(signatureProblem({ ...request, ...change }, secret, now)).toMatch(/no signature fits/);
  });

  it('does not fit another secret', () => {
    expect(signatureProblem(request, 'whsec_b3RoZXI=', now)).toMatch(/no signature fits/);
  });

  it.each([-301_000, 301_000])('is worth nothing %i ms from its time', (ms) => {
    expect(signatureProblem(request, secret, now + ms)).toMatch(/five minutes/);
  });

  it('needs a time', () => {
    expect(signatureProblem({ ...request, timestamp: 'soon' }, secret, now)).toMatch(/seconds since 1970/);
  });
});
