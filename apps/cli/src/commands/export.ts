import { definitionOf, exportBpmn } from '../bpmn/export-bpmn.js';
import { UsageError } from '../cli-context.js';
import { compilerInput, readDefinitionFiles } from '../definition-files.js';
import { exportAll, exportedText } from '../export-all.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { surveysIn } from './survey.js';

interface ExportOptions {
  readonly reason?: string;
}

/** `skald export bpmn`: a saga for tools that draw processes. `skald export all`: all of an installation. */
export const exportCommand: CommandSetup = (program, context) => {
  program
    .command('export')
    .description('write a definition in the format of another tool, or all there is to a file')
    .argument(
      '<format>',
      'bpmn: BPMN 2.0, laid out for any viewer; all: definitions, and sagas that are over, of a coordinator',
    )
    .argument('<saga-or-file>', 'of bpmn: name of a saga; of all: the file to write')
    .argument('[path]', 'of bpmn: a folder of definitions, or one file (default: ".")')
    .option('-r, --reason <text>', 'of all: why you take what may hold personal data; it is kept')
    .action(
      async (format: string, name: string, path: string | undefined, options: ExportOptions, command) => {
        const { reason } = options;
        switch (format) {
          case 'all': {
            if (path !== undefined) throw new UsageError(`"${path}" is one too many: all goes to one file`);
            if (reason === undefined || reason.trim() === '')
              throw new UsageError('say why: skald export all <file> --reason <text>');
            const counts = await exportAll(context, name, reason);
            return printResult(context, outputOf(command), counts, () => exportedText(counts, name));
          }
          case 'bpmn': {
            if (reason !== undefined) throw new UsageError('--reason goes with all');
            const folder = path ?? '.';
            const [survey] = surveysIn(folder, name);
            const definition = definitionOf(survey!, compilerInput(readDefinitionFiles(folder)).sources);
            return context.print((await exportBpmn(survey!, definition)).trimEnd());
          }
          default:
            throw new UsageError(`there is no export to "${format}"; there is bpmn, and all`);
        }
      },
    );
};
