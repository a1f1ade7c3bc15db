import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DefinitionText } from '#libs/orchestration';
import { compileDefinitions } from '#libs/saga';
import { CommandFailedError, UsageError } from './cli-context.js';

/** Definition files given on the command line, with the schemas beside them. */
export interface DefinitionFiles {
  /** By their path from where the definitions are; what is published. */
  readonly files: readonly DefinitionText[];
  /** From that path to the one the user would type. */
  readonly shownPath: (path: string) => string;
}

/** Files as the compiler takes them. */
export interface CompilerInput {
  readonly sources: readonly { readonly file: string; readonly text: string }[];
  readonly others: Readonly<Record<string, string>>;
}

/**
 * Reads a folder of definitions, or one file and the JSON schemas below its folder.
 *
 * @throws UsageError when there is nothing to read.
 */
export function readDefinitionFiles(target: string): DefinitionFiles {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`there is no file or folder "${target}"`);
  const root = stats.isDirectory() ? target : dirname(target);
  const wanted = filesBelow(root, '').filter((path) => isWanted(path, target, stats));
  if (!wanted.some(isDefinition))
    throw new UsageError(`there is no definition in "${target}": no .yaml or .yml file`);
  return {
    files: wanted.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
    shownPath: (path) => join(root, path),
  };
}

/** What the compiler takes: definitions, and by their names the texts they refer to. */
export function compilerInput({ files }: Pick<DefinitionFiles, 'files'>): CompilerInput {
  const sources = files
    .filter(({ path }) => isDefinition(path))
    .map(({ path, text }) => ({ file: path, text }));
  const others = files
    .filter(({ path }) => !isDefinition(path))
    .map(({ path, text }) => [path, text] as const);
  return { sources, others: Object.fromEntries(others) };
}

/** As {@link compilerInput}, of files without mistakes. @throws CommandFailedError when they have some. */
export function soundInput(path: string): CompilerInput {
  const input = compilerInput(readDefinitionFiles(path));
  const { problems } = compileDefinitions(input.sources, input.others);
  if (problems.some(({ severity }) => severity === 'error'))
    throw new CommandFailedError(`there are mistakes in "${path}"; skald validate ${path} shows them`);
  return input;
}

function isWanted(path: string, target: string, stats: Stats): boolean {
  return stats.isDirectory() || !isDefinition(path) || path === basename(target);
}

/** The others are what definitions refer to. */
function isDefinition(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

function filesBelow(root: string, prefix: string): readonly string[] {
  const entries = readdirSync(join(root, prefix), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(root, path);
    return /\.(?:ya?ml|json|ics)$/i.test(entry.name) ? [path] : [];
  });
}
