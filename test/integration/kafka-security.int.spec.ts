import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  kafkaOptionsFromEnv,
  KafkaCommandSink,
  KafkaEventSource,
  KafkaTopicAdmin,
  type KafkaOptions,
} from '#libs/kafka';
import { NoLog, SystemClock } from '#libs/messaging';
import { startLocalStack, type LocalStack } from '../../deploy/local/src/index.js';
import { makeCertificates, type Certificates } from '../harness/certificates.js';
import { eventually } from '../harness/deadline.js';

const clock = new SystemClock();
const password = 'not-a-secret-of-anybody';

jest.setTimeout(60_000);

let stack: LocalStack;
let certificates: Certificates;

beforeAll(async () => {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'skald-security-'));
  certificates = await makeCertificates(path.join(dataFolder, 'certificates'));
  const keystore = path.join(dataFolder, 'keystore.pem');
  await writeFile(keystore, certificates.key + certificates.certificate);
  const login = 'org.apache.kafka.common.security';
  const ssl = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keystore,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': certificates.caFile,
  };
  stack = await startLocalStack({
    dataFolder,
    ownProcesses: true,
    brokerListeners: [
      { name: 'LOGIN', protocol: 'SASL_SSL' },
      { name: 'MUTUAL', protocol: 'SSL' },
    ],
    scramUsers: (['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).map((mechanism) => ({
      mechanism,
      name: 'skald',
      password,
    })),
    brokerProperties: {
      ...ssl,
      'listener.name.mutual.ssl.client.auth': 'required',
      'listener.name.login.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      'listener.name.login.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required user_skald="${password}";`,
      'listener.name.login.scram-sha-256.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
      'listener.name.login.scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
      'listener.name.login.oauthbearer.sasl.jaas.config': `${login}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
    },
  });
}, 120_000);

afterAll(() => stack?.discard());

/** Settings as a user gives them, for the listener that wants a login, or the one that wants a certificate. */
function settings(listener: 'LOGIN' | 'MUTUAL', more: Readonly<Record<string, string>>): KafkaOptions {
  const address = stack.brokers[0]!.listeners[listener]!;
  return kafkaOptionsFromEnv(
    {
      // The certificate is that of the address, not of a name.
      KAFKA_BROKERS: address.replace('localhost', '127.0.0.1'),
      KAFKA_SSL_CA: certificates.caFile,
      ...more,
    },
    'spec',
  );
}

function token(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(clock.now() / 1_000);
  return `${part({ alg: 'none' })}.${part({ sub: 'skald', iat: now, exp: now + 600 })}.`;
}

const ways: readonly (readonly [string, 'LOGIN' | 'MUTUAL', () => Readonly<Record<string, string>>])[] = [
  ['PLAIN', 'LOGIN', () => loginBy('plain')],
  ['SCRAM-SHA-256', 'LOGIN', () => loginBy('scram-sha-256')],
  ['SCRAM-SHA-512', 'LOGIN', () => loginBy('scram-sha-512')],
  ['OAUTHBEARER', 'LOGIN', () => ({ KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_TOKEN: token() })],
  [
    'a certificate of its own',
    'MUTUAL',
    () => ({ KAFKA_SSL_CERT: certificates.certificate, KAFKA_SSL_KEY: certificates.key }),
  ],
];

function loginBy(mechanism: string): Readonly<Record<string, string>> {
  return { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: 'skald', KAFKA_SASL_PASSWORD: password };
}

describe('a client that proves who it is over TLS', () => {
  it.each(ways)('makes topics, writes and reads: %s', async (name, listener, env) => {
    const kafka = settings(listener, env());
    const topic = `by.${name.toLowerCase().replaceAll(/\W/g, '-')}`;
    await new KafkaTopicAdmin(kafka, new NoLog()).create([
      { name: topic, partitions: 1, replication: 1, config: {} },
    ]);
    const sink = new KafkaCommandSink(kafka, clock);
    const source = new KafkaEventSource(kafka, clock, { group: topic, topics: [topic], maxWaitMs: 50 });
    const seen: string[] = [];
    await sink.start();
    await source.start({
      assigned: (partitions) => partitions.forEach((at) => source.resume(at)),
      revoked: () => undefined,
      batch: ({ records }) => void seen.push(...records.map(({ key: read }) => String(read))),
      progress: () => undefined,
      fatal: () => undefined,
    });
    try {
      const record = { topic, part: 0, key: 'one', value: '{}', headers: {} };
      expect(await sink.publish([record])).toMatchObject([{ kind: 'acknowledged' }]);
      await eventually('the record to be read', () => seen.includes('one'));
    } finally {
      await source.stop();
      await sink.stop();
    }
  });
});

describe('a client that cannot prove it', () => {
  it.each([
    ['a wrong password', 'LOGIN', () => ({ ...loginBy('scram-sha-512'), KAFKA_SASL_PASSWORD: 'wrong' })],
    ['no certificate', 'MUTUAL', () => ({})],
    [
      'an authority that is not trusted',
      'LOGIN',
      () => ({ ...loginBy('plain'), KAFKA_SSL_CA: '', KAFKA_SSL: 'true' }),
    ],
  ] as const)('is told so when it starts: %s', async (_, listener, env) => {
    const sink = new KafkaCommandSink(settings(listener, env()), clock);

    await expect(sink.start()).rejects.toThrow(/authentication|certificate|SSL|TLS|disconnected|alert/i);
    await sink.stop();
  });
});
