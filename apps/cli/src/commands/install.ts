import type { KafkaOptions } from '#libs/kafka';
import { Install, type InstallResult } from '#libs/orchestration';
import type { DatabaseAddress, MigrationReport } from '#libs/postgres';
import { requiredVariable, UsageError, type CliContext } from '../cli-context.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

// The drivers take half a second to load; commands that need neither database nor broker are spared that.
const postgres = () => import('#libs/postgres');
const kafka = () => import('#libs/kafka');

interface InstallOptions {
  readonly name?: string;
  readonly partitions: string;
  readonly replication?: string;
}

/** `skald migrate` and `skald install`: they talk to database and broker themselves, because no coordinator can run yet. */
export const installCommands: CommandSetup = (program, context) => {
  program
    .command('migrate')
    .description('bring the tables of the database to this version (DATABASE_URL)')
    .action(async (_options: unknown, command) => {
      const url = await databaseUrl(context);
      const { migrate } = await postgres();
      const report = await migrate(url, context.clock);
      printResult(context, outputOf(command), report, () => migratedText(report));
    });
  program
    .command('install')
    .description(
      'migrate, make the home topic and fix the names of the installation (DATABASE_URL, KAFKA_BROKERS)',
    )
    .option(
      '--name <name>',
      'name of the installation: home topic and consumer groups are called after it (default: SKALD_INSTALLATION or skald)',
    )
    .option('--partitions <count>', 'home partitions; can never be changed', '12')
    .option('--replication <count>', "copies of each home partition (default: the broker's)")
    .action(async (options: InstallOptions, command) => {
      const result = await install(context, options);
      for (const warning of result.warnings) context.warn(`warning: ${warning}`);
      printResult(context, outputOf(command), result, () => installedText(result));
    });
};

async function install(context: CliContext, options: InstallOptions): Promise<InstallResult> {
  const url = await databaseUrl(context);
  const choice = {
    name: options.name ?? context.env['SKALD_INSTALLATION'] ?? 'skald',
    homePartitions: wholeNumber(options.partitions, '--partitions'),
    ...(options.replication === undefined
      ? {}
      : { replication: wholeNumber(options.replication, '--replication') }),
  };
  const { KafkaTopicAdmin } = await kafka();
  const topics = new KafkaTopicAdmin(await kafkaOptions(context));
  const { migrate, PostgresStores } = await postgres();
  await migrate(url, context.clock);
  const stores = new PostgresStores({ databaseUrl: url, clock: context.clock });
  try {
    await stores.start();
    return await new Install(stores.installations, topics, context.clock).install(choice);
  } finally {
    await stores.stop();
  }
}

async function databaseUrl(context: CliContext): Promise<DatabaseAddress> {
  if (context.env['DATABASE_URL_FILE'] === undefined)
    requiredVariable(context, 'DATABASE_URL', 'postgres://user:password@host:5432/database');
  const { databaseAddressFromEnv, DatabaseAddressError } = await postgres();
  try {
    return databaseAddressFromEnv(context.env);
  } catch (error) {
    if (error instanceof DatabaseAddressError) throw new UsageError(error.problems.join('\n'));
    throw error;
  }
}

async function kafkaOptions(context: CliContext): Promise<KafkaOptions> {
  const { KafkaOptionsError, kafkaOptionsFromEnv } = await kafka();
  try {
    return kafkaOptionsFromEnv(context.env, 'skald-cli');
  } catch (error) {
    if (error instanceof KafkaOptionsError) throw new UsageError(error.problems.join('\n'));
    throw error;
  }
}

function wholeNumber(text: string, what: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new UsageError(`${what} has to be a whole number of 1 or more, not "${text}"`);
  return Number(text);
}

function migratedText({ migrations, partitions }: MigrationReport): string {
  const ran = migrations.length === 0 ? 'the tables are up to date' : `migrated: ${migrations.join(', ')}`;
  return partitions.length === 0 ? ran : `${ran}; partitions made: ${partitions.length}`;
}

function installedText({ installation }: InstallResult): string {
  const { name, homeTopic, homePartitions, group, gateGroup } = installation;
  return `installed ${name}: home topic ${homeTopic} with ${homePartitions} partitions, consumer groups ${group} and ${gateGroup}`;
}
