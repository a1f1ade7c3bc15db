import { definitionOf, exportBpmn } from '../bpmn/export-bpmn.js';
import { UsageError } from '../cli-context.js';
import { compilerInput, readDefinitionFiles } from '../definition-files.js';
import type { CommandSetup } from './command-setup.js';
import { surveysIn } from './survey.js';

/** `skald export bpmn`: a saga for tools that draw processes. */
export const exportCommand: CommandSetup = (program, context) => {
  program
    .command('export')
    .description('write a definition in the format of another tool')
    .argument('<format>', 'bpmn: BPMN 2.0, laid out for any viewer')
    .argument('<saga>', 'name of a saga')
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .action(async (format: string, saga: string, path: string) => {
      if (format !== 'bpmn') throw new UsageError(`there is no export to "${format}"; there is bpmn`);
      const [survey] = surveysIn(path, saga);
      const definition = definitionOf(survey!, compilerInput(readDefinitionFiles(path)).sources);
      context.print((await exportBpmn(survey!, definition)).trimEnd());
    });
};
