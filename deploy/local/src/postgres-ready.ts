import pg from 'pg';
import { waitUntil } from './wait-until.js';

/** Waits until a real query succeeds: the port opens before recovery is over. */
export async function postgresAnswers(
  url: string,
  timeoutMs: number,
  stillWorth: () => void = () => undefined,
): Promise<void> {
  const { host } = new URL(url);
  await waitUntil({ what: `answer of Postgres at ${host}`, timeoutMs }, async () => {
    stillWorth();
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 2_000,
      query_timeout: 2_000,
    });
    // A server that dies in the middle reports it here too; the awaited call already fails.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const answer = await client.query<{ recovering: boolean }>('select pg_is_in_recovery() as recovering');
      return answer.rows[0]?.recovering === false;
    } finally {
      await client.end();
    }
  });
}
