import { readFileSync, statSync } from 'node:fs';
import { compileDefinitions } from '#libs/saga';
import { CommandFailedError, UsageError } from '../cli-context.js';
import { importDmn } from '../dmn/import-dmn.js';
import { problemWithSource } from '../source-excerpt.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** `skald import dmn`: decision tables drawn elsewhere. */
export const importCommand: CommandSetup = (program, context) => {
  program
    .command('import')
    .description('write definitions out of what was made with other tools')
    .argument('<format>', 'dmn: the decision tables of a DMN model')
    .argument('<file>', 'the file to import')
    .option('--as-version <version>', 'version of the decisions', '1')
    .action(async (format: string, file: string, options: { readonly asVersion: string }, command) => {
      if (format !== 'dmn') throw new UsageError(`"${format}" cannot be imported; there is dmn`);
      if (statSync(file, { throwIfNoEntry: false }) === undefined)
        throw new UsageError(`there is no file "${file}"`);
      const version = Number(options.asVersion);
      if (!Number.isInteger(version) || version < 1)
        throw new UsageError(`a version is a whole number from 1, and this is "${options.asVersion}"`);
      const imported = await importDmn(readFileSync(file, 'utf8'), version).catch((error: Error) => {
        throw new CommandFailedError(`${file} cannot be read: ${error.message}`);
      });
      for (const problem of imported.problems) context.warn(`${file}: ${problem}`);
      if (imported.problems.length > 0)
        throw new CommandFailedError(
          'nothing was imported: draw these parts otherwise, or write the table by hand',
        );
      const { problems } = compileDefinitions([{ file: `${file}.yaml`, text: imported.text }]);
      for (const problem of problems) context.warn(problemWithSource(problem, imported.text, problem.file));
      printResult(context, outputOf(command), { text: imported.text, problems }, () =>
        imported.text.trimEnd(),
      );
      if (problems.some(({ severity }) => severity === 'error'))
        throw new CommandFailedError('the table was taken over as it is, and has the mistakes above');
    });
};
