import { X509Certificate } from 'node:crypto';
import type { KafkaOptions } from './kafka-options.js';

/** Who we are to the broker, as its access lists name us by default. */
export function principalOf({ sasl, ssl }: KafkaOptions): string {
  if (sasl !== undefined)
    return sasl.mechanism === 'oauthbearer' ? 'the bearer of the token' : `User:${sasl.username}`;
  const certificate = ssl === undefined || ssl === true ? undefined : ssl.cert;
  return certificate === undefined ? 'User:ANONYMOUS' : `User:${subjectOf(certificate)}`;
}

/** The subject, beginning with its most special part. */
function subjectOf(certificate: string): string {
  return new X509Certificate(certificate).subject.split('\n').reverse().join(',');
}
