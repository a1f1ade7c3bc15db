import { at, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { compileDecision, type CompiledDecision } from './compile-decision.js';
import type { SchemaFiles } from './schema-files.js';
import { findVersion, readVersions, type Versioned, type VersionedSources } from './versioned.js';

/** The tables of one compilation, by name and version. */
export type Decisions = Versioned<CompiledDecision>;

/** Compiles all `decision` documents. */
export function readDecisions(sources: VersionedSources, files: SchemaFiles, log: ProblemLog): Decisions {
  return readVersions('decision', sources, (document) => compileDecision(document, files, log), log);
}

/** The table that a block names. */
export function findDecision(
  block: Cursor,
  decisions: Decisions,
  log: ProblemLog,
): CompiledDecision | undefined {
  return findVersion(at(block, 'table')!, at(block, 'version'), decisions, log);
}
