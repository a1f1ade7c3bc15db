import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '#libs/messaging';

/** A request as it is signed: by the specification of Standard Webhooks. */
export interface SignedRequest {
  /** `webhook-id`: the same for every repeat. */
  readonly id: string;
  /** `webhook-timestamp`: seconds since 1970. */
  readonly timestamp: string;
  /** `webhook-signature`: one or several `v1,<base64>`, with spaces between them. */
  readonly signature: string;
  /** The body as it came, byte by byte. */
  readonly body: Buffer;
}

const toleranceMs = 5 * 60_000;

/** Why a request is not believed, or `undefined`. */
export function signatureProblem(request: SignedRequest, secret: string, now: Instant): string | undefined {
  const { timestamp, signature } = request;
  if (!/^\d{1,12}$/.test(timestamp)) return 'webhook-timestamp has to be seconds since 1970';
  if (Math.abs(Number(timestamp) * 1_000 - now) > toleranceMs)
    return 'webhook-timestamp is more than five minutes away from the time here';
  const expected = Buffer.from(webhookSignature(request, secret));
  const isSigned = signature
    .split(' ')
    .map((each) => Buffer.from(each))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  return isSigned ? undefined : 'no signature fits: it is the wrong secret, or the body was changed';
}

/** The signature of a request. */
export function webhookSignature(
  { id, timestamp, body }: Omit<SignedRequest, 'signature'>,
  secret: string,
): string {
  const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body);
  return `v1,${hmac.digest('base64')}`;
}

function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');
}
