import { resolveSettings, type ResolvedSaga, type ResolvedValue } from '#libs/saga';
import { UsageError } from './cli-context.js';
import { compilerInput, readDefinitionFiles } from './definition-files.js';
import { table } from './table.js';

/** Every value of the newest version of a definition. @throws UsageError when no such definition compiles. */
export function resolvedIn(path: string, definition: string): ResolvedSaga {
  const { files, shownPath } = readDefinitionFiles(path);
  const shownFiles = files.map((file) => ({ ...file, path: shownPath(file.path) }));
  const { sources, others } = compilerInput({ files: shownFiles });
  const found = resolveSettings(sources, others)
    .filter(({ saga }) => saga === definition)
    .toSorted((one, other) => other.version - one.version);
  if (found[0] === undefined)
    throw new UsageError(
      `no saga "${definition}" without mistakes is in "${path}"; skald validate ${path} says more`,
    );
  return found[0];
}

/** The values as a table, block by block. */
export function resolvedPage({ saga, version, values }: ResolvedSaga): string {
  const rows = values.map((value) => [value.block, value.key, shown(value), value.origin ?? '', value.from]);
  return `${saga} version ${version}\n\n${table(['BLOCK', 'SETTING', 'VALUE', 'WRITTEN IN', 'SAID BY'], rows)}`;
}

function shown({ value }: ResolvedValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
