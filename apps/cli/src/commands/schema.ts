import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { editorSchema, knownNames } from '#libs/saga';
import { compilerInput, readDefinitionFiles } from '../definition-files.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** Where editors find the schema of a folder; definitions and their schemas are not looked for in there. */
const FOLDER = '.skald';
const FILE = 'schema.json';

/** `skald schema`: what an editor needs to complete the definitions of a folder. */
export const schemaCommand: CommandSetup = (program, context) => {
  program
    .command('schema')
    .description('write the schema by which editors complete definitions, with the names of this folder')
    .argument('[folder]', 'a folder of definitions', '.')
    .action((folder: string, _options: unknown, command) => {
      const definitions = readDefinitionFiles(folder);
      const { shownPath } = definitions;
      const schema = editorSchema(knownNames(compilerInput(definitions).sources));
      const format = outputOf(command);
      if (format === 'text') {
        mkdirSync(shownPath(FOLDER), { recursive: true });
        writeFileSync(shownPath(join(FOLDER, FILE)), `${JSON.stringify(schema, undefined, 2)}\n`);
      }
      printResult(context, format, schema, () => writtenText(shownPath(join(FOLDER, FILE))));
    });
};

function writtenText(path: string): string {
  return [
    `written: ${path}`,
    'VS Code, with the YAML extension: "yaml.schemas": { "./.skald/schema.json": "*.yaml" }',
    'one file, any editor with yaml-language-server: # yaml-language-server: $schema=.skald/schema.json',
  ].join('\n');
}
