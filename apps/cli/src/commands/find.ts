import { catalogueOf, findInCatalogue, type CatalogueEntry } from '#libs/saga';
import { soundInput } from '../definition-files.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** `skald find`: what definitions declare and use, by a word. */
export const findCommand: CommandSetup = (program, context) => {
  program
    .command('find')
    .description(
      'find sagas, fragments, tables, participants, commands, events, facts and roles, and who uses them',
    )
    .argument('<word>', 'part of a name, of a title, or of whatever uses it')
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .action((word: string, path: string, _options: unknown, command) => {
      const { sources } = soundInput(path);
      const found = findInCatalogue(catalogueOf(sources), word);
      printResult(context, outputOf(command), { found }, () => foundText(found, word));
    });
};

function foundText(found: readonly CatalogueEntry[], word: string): string {
  if (found.length === 0) return `nothing has "${word}" in it`;
  const rows = found.flatMap(({ kind, name, text = '', origin = 'not declared', usedBy }) => {
    const [first = '', ...others] = usedBy;
    return [[kind, name, origin, text, first], ...others.map((by) => ['', '', '', '', by])];
  });
  return table(['KIND', 'NAME', 'WRITTEN IN', 'TEXT', 'USED BY'], rows);
}
