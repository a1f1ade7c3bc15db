import { at, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';
import { compileDecision, type CompiledDecision } from './compile-decision.js';
import type { SchemaFiles } from './schema-files.js';

/** The tables of one compilation, by name and version. */
export type Decisions = ReadonlyMap<string, ReadonlyMap<number, CompiledDecision>>;

/** Compiles all `decision` documents. What is `broken` was complained about, and is there without a version. */
export function readDecisions(
  documents: readonly SourceDocument[],
  broken: readonly string[],
  files: SchemaFiles,
  log: ProblemLog,
): Decisions {
  const decisions = new Map<string, Map<number, CompiledDecision>>();
  for (const name of broken) decisions.set(name, new Map());
  for (const document of documents) {
    const compiled = compileDecision(document, files, log);
    const { name, version } = compiled.table;
    const versions = decisions.get(name) ?? new Map<number, CompiledDecision>();
    if (versions.has(version))
      log.error(
        at(rootOf(document), 'version')!,
        `Version ${version} of decision "${name}" is written twice. Give this one another version.`,
      );
    decisions.set(name, versions.set(version, compiled));
  }
  return decisions;
}

/** The table that a block names: the version it says, else the newest; complains when there is none. */
export function findDecision(
  block: Cursor,
  decisions: Decisions,
  log: ProblemLog,
): CompiledDecision | undefined {
  const name = textAt(block, 'table')!;
  const versions = decisions.get(name);
  if (versions === undefined) {
    log.error(
      at(block, 'table')!,
      `There is no decision "${name}". Write a document \`decision: ${name}\`.${suggestion(name, [...decisions.keys()])}`,
    );
    return undefined;
  }
  if (versions.size === 0) return undefined;
  const wanted = at(block, 'version');
  const version = wanted === undefined ? Math.max(...versions.keys()) : Number(wanted.value);
  const found = versions.get(version);
  if (found === undefined)
    log.error(
      wanted!,
      `Decision "${name}" has no version ${version}. There is ${[...versions.keys()].sort((a, b) => a - b).join(', ')}.`,
    );
  return found;
}
