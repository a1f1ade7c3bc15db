import type { KafkaOptions } from '#libs/kafka';
import { wantsMetrics, wantsTraces } from '#libs/observability';
import { addressNow, isPlaintext, type DatabaseAddress } from '#libs/postgres';
import { isOpenAddress } from '#libs/saga';
import type { Environment, EnvironmentReader } from './environment.js';

/** What is spoken to over the network. */
export interface Connections {
  readonly kafka: KafkaOptions;
  readonly databaseUrl: DatabaseAddress;
}

/** Whether what is said may be read on the way: in development, and nowhere else. */
export type Profile = 'development' | 'production';

/** Notes what `SKALD_PROFILE=production` does not allow: broker, database or collector in the open. */
export function checkProfile(
  reader: EnvironmentReader,
  environment: Environment,
  { kafka, databaseUrl }: Connections,
): Profile {
  const profile = reader.choice<Profile>('SKALD_PROFILE', 'development', ['development', 'production']);
  if (profile === 'development') return profile;
  if (kafka.ssl === undefined)
    reader.problem(
      'SKALD_PROFILE is production, but the broker is spoken to in the open: set KAFKA_SSL or KAFKA_SSL_CA',
    );
  const address = addressNow(databaseUrl);
  if (address !== '' && isPlaintext(address))
    reader.problem(
      'SKALD_PROFILE is production, but the database is spoken to in the open, or whoever answers is believed: set DATABASE_SSL_CA, or sslmode=verify-full in DATABASE_URL',
    );
  for (const name of collectors(reader, environment))
    if (isOpenAddress(reader.optional(name) ?? here))
      reader.problem(
        `SKALD_PROFILE is production, but the collector is spoken to in the open: give ${name} an address with https, or one on this machine`,
      );
  return profile;
}

/** Where a collector is looked for unless it is said. */
const here = 'http://localhost:4318';

/** The variables that say where traces and metrics go. */
function collectors(reader: EnvironmentReader, environment: Environment): ReadonlySet<string> {
  const own = [
    ...(wantsTraces(environment) ? ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] : []),
    ...(wantsMetrics(environment) ? ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'] : []),
  ];
  return new Set(
    own.map((name) => (reader.optional(name) === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : name)),
  );
}
