import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { KafkaOptionsError, kafkaOptionsFromEnv } from './kafka-options.js';

const pem = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----';
const brokers = { KAFKA_BROKERS: 'one:9092, two:9093' };

const folder = mkdtempSync(join(tmpdir(), 'skald-kafka-'));

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    kafkaOptionsFromEnv(env);
  } catch (error) {
    if (error instanceof KafkaOptionsError) return error.problems;
    throw error;
  }
  return [];
}

describe('connection options from the environment', () => {
  it('need nothing but brokers', () => {
    expect(kafkaOptionsFromEnv(brokers)).toEqual({ brokers: ['one:9092', 'two:9093'], clientId: 'skald' });
  });

  it('say that brokers are missing', () => {
    expect(problemsOf({})).toEqual(['KAFKA_BROKERS is missing: host:port, several separated by commas']);
  });

  it.each(['one', 'one:0', 'one:99999', 'http://one:9092', 'one two:9092'])(
    'do not take %s for a broker',
    (broker) => {
      expect(problemsOf({ KAFKA_BROKERS: broker })).toEqual([
        `KAFKA_BROKERS has "${broker}", which is not host:port`,
      ]);
    },
  );

  it('take an address in brackets', () => {
    expect(kafkaOptionsFromEnv({ KAFKA_BROKERS: '[::1]:9092' }).brokers).toEqual(['[::1]:9092']);
  });

  it('switch on TLS with what the machine trusts', () => {
    expect(kafkaOptionsFromEnv({ ...brokers, KAFKA_SSL: 'true' }).ssl).toBe(true);
    expect(kafkaOptionsFromEnv({ ...brokers, KAFKA_SSL: 'false' }).ssl).toBeUndefined();
  });

  it('take certificates as text', () => {
    const options = kafkaOptionsFromEnv({
      ...brokers,
      KAFKA_SSL_CA: pem,
      KAFKA_SSL_CERT: pem,
      KAFKA_SSL_KEY: pem,
    });

    expect(options.ssl).toEqual({ ca: pem, cert: pem, key: pem });
  });

  it('name every mistake at once', () => {
    const problems = problemsOf({
      KAFKA_SSL: 'perhaps',
      KAFKA_SSL_CERT: pem,
      KAFKA_SSL_CA: '/no/such/file.pem',
      KAFKA_SASL_MECHANISM: 'kerberos',
      KAFKA_CONNECTION_TIMEOUT_MS: 'soon',
    });

    expect(problems).toEqual([
      'KAFKA_BROKERS is missing: host:port, several separated by commas',
      'KAFKA_SSL is "perhaps": it has to be true or false',
      'KAFKA_SSL_CA names a file that cannot be read: /no/such/file.pem',
      'KAFKA_SSL_CERT and KAFKA_SSL_KEY belong together: set both or none',
      'KAFKA_SASL_MECHANISM is "kerberos": it has to be one of plain, scram-sha-256, scram-sha-512, oauthbearer',
      'KAFKA_CONNECTION_TIMEOUT_MS is "soon": it has to be whole milliseconds',
    ]);
  });

  it('do not contradict each other about TLS', () => {
    expect(problemsOf({ ...brokers, KAFKA_SSL: 'false', KAFKA_SSL_CA: pem })).toEqual([
      'KAFKA_SSL is false, but other KAFKA_SSL_ variables are set: remove one or the other',
    ]);
  });

  it('take SCRAM in any spelling', () => {
    const sasl = {
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    };

    expect(kafkaOptionsFromEnv({ ...brokers, ...sasl }).sasl).toEqual({
      mechanism: 'scram-sha-512',
      username: 'u',
      password: 'p',
    });
  });

  it('want name and password together with the mechanism', () => {
    expect(problemsOf({ ...brokers, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' })).toEqual([
      'KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are needed for plain',
    ]);
    expect(problemsOf({ ...brokers, KAFKA_SASL_USERNAME: 'u' })).toEqual([
      'KAFKA_SASL_MECHANISM is missing: one of plain, scram-sha-256, scram-sha-512, oauthbearer',
    ]);
  });

  it('look name and password up in their files each time', () => {
    const [username, password] = [file('username', 'u\n'), file('password', 'p\n')];
    const { sasl } = kafkaOptionsFromEnv({
      ...brokers,
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME_FILE: username,
      KAFKA_SASL_PASSWORD_FILE: password,
    });
    expect(sasl).toEqual({ mechanism: 'plain', username: 'u', password: 'p', isRotated: true });

    file('password', 'newer');

    expect(sasl).toMatchObject({ username: 'u', password: 'newer' });
  });

  it('look certificates up in their files each time', () => {
    const path = file('ca.pem', pem);
    const { ssl } = kafkaOptionsFromEnv({ ...brokers, KAFKA_SSL_CA: path });
    expect(ssl).toEqual({ ca: pem });

    file('ca.pem', `${pem}newer`);

    expect(ssl).toEqual({ ca: `${pem}newer` });
  });

  it('do not take the same thing from two places', () => {
    const sasl = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' };

    expect(problemsOf({ ...brokers, ...sasl, KAFKA_SASL_PASSWORD_FILE: file('password', 'p') })).toEqual([
      'KAFKA_SASL_PASSWORD and KAFKA_SASL_PASSWORD_FILE are both set: remove one of them',
    ]);
    expect(
      problemsOf({ ...brokers, ...sasl, KAFKA_SASL_PASSWORD: '', KAFKA_SASL_PASSWORD_FILE: '/no' }),
    ).toEqual(['KAFKA_SASL_PASSWORD_FILE names a file that cannot be read: /no']);
  });

  it('give the token to whoever asks for it', async () => {
    const { sasl } = kafkaOptionsFromEnv({
      ...brokers,
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_SASL_TOKEN: 't',
    });

    expect(sasl?.mechanism === 'oauthbearer' && (await sasl.token())).toBe('t');
    expect(problemsOf({ ...brokers, KAFKA_SASL_MECHANISM: 'oauthbearer' })).toEqual([
      'KAFKA_SASL_TOKEN or KAFKA_SASL_TOKEN_FILE is needed for oauthbearer',
    ]);
  });
});
