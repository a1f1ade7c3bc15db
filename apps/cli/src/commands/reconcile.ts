import { apiClient } from '../api-client.js';
import { CommandFailedError, UsageError } from '../cli-context.js';
import { reconciliationText } from '../difference-page.js';
import { counted } from '../page-text.js';
import { Reconciling } from '../reconciling.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { wholeNumberOf } from './whole-number.js';

interface ReconcileOptions {
  readonly file: string;
  readonly takenAt?: string;
  readonly since?: string;
  readonly rate: string;
}

const rateMost = 10_000;

/** `skald reconcile`: what a participant says of operations, held against what sagas believe. */
export const reconcileCommand: CommandSetup = (program, context) => {
  program
    .command('reconcile')
    .description("hold a participant's own list of operations against what sagas believe; changes nothing")
    .argument('<participant>', 'whose list it is')
    .requiredOption(
      '-f, --file <path>',
      'the list, a JSON object a line: { saga, operation, state, at }; - for standard input',
    )
    .option(
      '--taken-at <time>',
      'when the list was made: what has changed since is not judged (default: now)',
    )
    .option(
      '--since <time>',
      'the list is all there is of sagas that began since then: what is missing in it is told, and lines need no saga',
    )
    .option('--rate <count>', `at most this many lines a second (1 to ${rateMost})`, '1000')
    .action(async (participant: string, options: ReconcileOptions, command) => {
      const takenAt = timeOf(options.takenAt, '--taken-at') ?? new Date(context.clock.now()).toISOString();
      const since = timeOf(options.since, '--since');
      if (since !== undefined && since >= takenAt)
        throw new UsageError(`--since ${since} has to be before the list was made, ${takenAt}`);
      const reconciling = new Reconciling(apiClient(context.env), context, {
        participant,
        file: options.file,
        takenAt,
        since,
        perSecond: wholeNumberOf('--rate', options.rate, rateMost),
      });
      const result = await reconciling.run();
      printResult(context, outputOf(command), result, () => reconciliationText(result, context.clock.now()));
      const { differences, problems } = result;
      if (differences.length > 0)
        throw new CommandFailedError(
          `${counted(differences.length, 'difference')} in all; nothing was changed`,
        );
      if (problems.length > 0)
        throw new CommandFailedError(`${counted(problems.length, 'line')} could not be compared`);
    });
};

function timeOf(text: string | undefined, name: string): string | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new UsageError(`${name} has to be a time like 2026-11-21T09:00:00Z, not "${text}"`);
  return new Date(at).toISOString();
}
