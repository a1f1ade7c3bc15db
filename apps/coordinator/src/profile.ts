import type { KafkaOptions } from '#libs/kafka';
import { addressNow, isPlaintext, type DatabaseAddress } from '#libs/postgres';
import type { EnvironmentReader } from './environment.js';

/** What is spoken to over the network. */
export interface Connections {
  readonly kafka: KafkaOptions;
  readonly databaseUrl: DatabaseAddress;
}

/** Notes what `SKALD_PROFILE=production` does not allow: broker or database in the open. */
export function checkProfile(reader: EnvironmentReader, { kafka, databaseUrl }: Connections): void {
  const profile = reader.choice('SKALD_PROFILE', 'development', ['development', 'production']);
  if (profile === 'development') return;
  if (kafka.ssl === undefined)
    reader.problem(
      'SKALD_PROFILE is production, but the broker is spoken to in the open: set KAFKA_SSL or KAFKA_SSL_CA',
    );
  const address = addressNow(databaseUrl);
  if (address !== '' && isPlaintext(address))
    reader.problem(
      'SKALD_PROFILE is production, but the database is spoken to in the open, or whoever answers is believed: set DATABASE_SSL_CA, or sslmode=verify-full in DATABASE_URL',
    );
}
