import { surveySagas, type SagaSurvey } from '#libs/saga';
import { UsageError } from '../cli-context.js';
import { soundInput } from '../definition-files.js';
import { surveyPage } from '../survey-page.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** `skald survey`: what a saga deals with, and what is worth a second look. */
export const surveyCommand: CommandSetup = (program, context) => {
  program
    .command('survey')
    .description(
      'list handoffs, decision points, touchpoints, owners, what is never undone and what is opaque',
    )
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .option('-d, --definition <name>', 'only this saga, its newest version')
    .action((path: string, { definition }: { readonly definition?: string }, command) => {
      const surveys = surveysIn(path, definition);
      printResult(context, outputOf(command), { sagas: surveys }, () =>
        surveys.map(surveyPage).join('\n\n\n'),
      );
    });
};

/** Surveys of the sagas in a folder or file, or of the newest version of one. @throws CommandFailedError when there are mistakes. */
export function surveysIn(path: string, definition: string | undefined): readonly SagaSurvey[] {
  const { sources, others } = soundInput(path);
  const surveys = surveySagas(sources, others);
  if (definition === undefined) return surveys;
  const own = surveys.filter(({ saga }) => saga === definition);
  const [newest] = own.toSorted((one, other) => other.version - one.version);
  if (newest === undefined)
    throw new UsageError(
      `there is no saga "${definition}" in "${path}"; there are ${surveys.map(({ saga }) => saga).join(', ') || 'none'}`,
    );
  return [newest];
}
