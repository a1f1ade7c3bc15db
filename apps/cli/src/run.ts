import { Command, CommanderError, Option } from 'commander';
import { SagaError } from '#libs/messaging';
import { CommandFailedError, UsageError, type CliContext } from './cli-context.js';
import { aclsCommand } from './commands/acls.js';
import { actionCommands } from './commands/actions.js';
import { answerCommands } from './commands/answer.js';
import type { CommandSetup } from './commands/command-setup.js';
import { fmtCommand } from './commands/fmt.js';
import { exportCommand } from './commands/export.js';
import { importCommand } from './commands/import.js';
import { installCommands } from './commands/install.js';
import { keyCommands } from './commands/keys.js';
import { lanesCommand } from './commands/lanes.js';
import { listCommand } from './commands/list.js';
import { pauseCommands } from './commands/pauses.js';
import { positionsCommand } from './commands/positions.js';
import { publishCommand } from './commands/publish.js';
import { diagramCommand } from './commands/diagram.js';
import { docsCommand } from './commands/docs.js';
import { findCommand } from './commands/find.js';
import { explainCommand } from './commands/explain.js';
import { schemaCommand } from './commands/schema.js';
import { qualityCommands } from './commands/quality.js';
import { timeCommand } from './commands/time.js';
import { releaseCommand } from './commands/release.js';
import { stalledCommand } from './commands/stalled.js';
import { showCommand } from './commands/show.js';
import { surveyCommand } from './commands/survey.js';
import { testCommand } from './commands/test.js';
import { startCommand } from './commands/start.js';
import { factCommands } from './commands/facts.js';
import { lockCommands } from './commands/locks.js';
import { taskCommands } from './commands/tasks.js';
import { togglesCommand } from './commands/toggles.js';
import { statusCommand } from './commands/status.js';
import { decisionsCommand } from './commands/decisions.js';
import { traceCommand } from './commands/trace.js';
import { baselineCommand } from './commands/baseline.js';
import { boardCommand } from './commands/board.js';
import { bulkCommand } from './commands/bulk.js';
import { reconcileCommand } from './commands/reconcile.js';
import { troubleCommands } from './commands/trouble.js';
import { validateCommand } from './commands/validate.js';
import { whyCommand } from './commands/why.js';
import { packageVersion } from './version.js';

/** 0 done, 1 failed or refused, 2 called in a way that cannot work. */
export type ExitCode = 0 | 1 | 2;

const setups: readonly CommandSetup[] = [
  installCommands,
  validateCommand,
  fmtCommand,
  schemaCommand,
  aclsCommand,
  explainCommand,
  surveyCommand,
  diagramCommand,
  docsCommand,
  findCommand,
  importCommand,
  exportCommand,
  testCommand,
  publishCommand,
  positionsCommand,
  startCommand,
  listCommand,
  showCommand,
  whyCommand,
  stalledCommand,
  boardCommand,
  statusCommand,
  decisionsCommand,
  traceCommand,
  actionCommands,
  factCommands,
  lockCommands,
  taskCommands,
  answerCommands,
  troubleCommands,
  bulkCommand,
  reconcileCommand,
  pauseCommands,
  lanesCommand,
  keyCommands,
  qualityCommands,
  timeCommand,
  baselineCommand,
  togglesCommand,
  releaseCommand,
];

/** Runs one command line, without the name of the program. Never throws. */
export async function run(args: readonly string[], context: CliContext): Promise<ExitCode> {
  try {
    await commandLine(context).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    return reported(error, context);
  }
}

function commandLine(context: CliContext): Command {
  const output = new Option('-o, --output <format>', 'how results are written').choices(['text', 'json']);
  const program = new Command('skald')
    .description('the saga coordinator for Kafka, from the command line')
    .version(packageVersion(), '-v, --version', 'print the version')
    .exitOverride()
    // A command may know more formats than all of them do.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: (text) => context.warn(text.trimEnd()),
    })
    .showHelpAfterError('(skald --help lists the commands)')
    .addOption(output)
    // It is nothing that a command sends on with its own options.
    .hook('preAction', (_, command) => {
      const format: unknown = command.getOptionValue('output');
      if (format === undefined || command === program || !command.options.includes(output)) return;
      program.setOptionValue('output', format);
      command.setOptionValue('output', undefined);
    })
    .addHelpText('after', helpTail);
  for (const setup of setups) setup(program, context);
  for (const command of program.commands) {
    takeOutput(command, output);
    command.exitOverride().configureOutput(program.configureOutput());
    showUsageAfterError(command, command.name());
  }
  return program;
}

/** Every command takes the output format behind its own name too, where people type it. */
function takeOutput(command: Command, output: Option): void {
  if (!command.options.some(({ long }) => long === '--output')) command.addOption(output);
  for (const each of command.commands) takeOutput(each, output);
}

/** Whoever forgets an argument of a command wants to see that command, not all of them. */
function showUsageAfterError(command: Command, path: string): void {
  command.showHelpAfterError(`(usage: skald ${path} ${command.usage()})`);
  for (const each of command.commands) showUsageAfterError(each, `${path} ${each.name()}`);
}

const helpTail = `
Environment:
  SKALD_URL            coordinator to talk to (default http://localhost:8080)
  SKALD_USER           who acts, for the audit (default: your login)
  SKALD_ROLES          in which roles, with commas between them
  DATABASE_URL, KAFKA_BROKERS, KAFKA_…
                       for install and migrate, which talk to database and broker themselves`;

function reported(error: unknown, context: CliContext): ExitCode {
  if (error instanceof CommanderError) {
    // Help and version arrive as errors of exit code 0; what is wrong was printed by commander.
    return error.exitCode === 0 ? 0 : 2;
  }
  const usage = error instanceof UsageError;
  context.warn(`skald: ${error instanceof Error ? error.message : String(error)}`);
  if (
    !usage &&
    !(error instanceof CommandFailedError) &&
    !(error instanceof SagaError) &&
    error instanceof Error
  ) {
    context.warn(error.stack ?? '');
  }
  return usage ? 2 : 1;
}
