import {
  LineCounter,
  isAlias,
  isMap,
  isPair,
  isScalar,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml';
import type { JsonObject } from '../json.js';
import { isBooleanWord } from './boolean-words.js';
import { pathText } from './cursor.js';
import type { Problem } from './problem.js';
import { sentence } from './sentence.js';
import type { Path, Position, SourceDocument, Target } from './source-document.js';
import { booleanKeyTrap, duplicateTrap, expressionTrap, grammarTrap, tagTrap } from './yaml-traps.js';

/** What was read from a file. A document with problems is not among `documents`. */
export interface ParsedDocuments {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a file of one or more documents: YAML 1.2, without the parts of it that mean different things to
 * different readers. JSON is the same grammar. Never throws for what the text contains.
 */
export function parseDocuments(text: string, fileName: string): ParsedDocuments {
  const lines = new LineCounter();
  const options = {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
  } as const;
  const parsed = parseAllDocuments(text, { ...options, lineCounter: lines });
  const documents: SourceDocument[] = [];
  const problems: Problem[] = [];
  const yaml = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  for (const document of yaml) {
    const found = problemsOf(document, { text, fileName, lines });
    problems.push(...found);
    if (found.length > 0) continue;
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
      continue;
    documents.push({
      file: fileName,
      data: document.toJS({ maxAliasCount: 0 }) as JsonObject,
      locate: (path, target) => locate(document, path, target, { text, fileName, lines }),
    });
  }
  if (documents.length === 0 && problems.length === 0) {
    problems.push({
      severity: 'error',
      file: fileName,
      line: 1,
      column: 1,
      path: '',
      message: 'The file is empty. Begin with `saga: <name>`, `participant: <name>` or `namespace: <name>`.',
    });
  }
  return { documents, problems };
}

interface Text {
  readonly text: string;
  readonly fileName: string;
  readonly lines: LineCounter;
}

function problemsOf(document: Document.Parsed, source: Text): readonly Problem[] {
  const syntax = [
    ...document.errors,
    ...document.warnings.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED'),
  ];
  // After the first mistake of grammar the rest of the text is read in the wrong way.
  if (syntax.length > 0) return [syntaxProblem(syntax[0]!, source)];
  const problems: Problem[] = [];
  const report = (offset: number, message: string, path: Path = []) =>
    problems.push(problemAt(offset, message, path, source));
  if (document.directives.yaml.explicit === true)
    report(document.contents?.range[0] ?? 0, '`%YAML` is not part of the language; leave the line out');
  visit(document, {
    Pair: (_, pair) => {
      checkKey(pair, report);
    },
    Node: (_, node) => {
      checkNode(node, source, report);
    },
  });
  const { contents } = document;
  if (
    problems.length === 0 &&
    contents !== null &&
    !isMap(contents) &&
    !(isScalar(contents) && contents.value === null)
  ) {
    report(
      contents.range[0],
      'a document is a map. Begin with `saga: <name>`, `participant: <name>` or `namespace: <name>`.',
    );
  }
  return problems;
}

type Report = (offset: number, message: string) => void;

function syntaxProblem(error: YAMLError, source: Text): Problem {
  const offset = error.pos[0];
  const from = source.text.lastIndexOf('\n', offset - 1) + 1;
  const to = source.text.indexOf('\n', offset);
  return problemAt(offset, explained(error, source.text.slice(from, to < 0 ? undefined : to)), [], source);
}

function explained({ code, message }: YAMLError, line: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return duplicateTrap(line);
    case 'TAB_AS_INDENT':
      return 'a tab cannot indent. Use spaces.';
    default:
      return expressionTrap(line) ?? grammarTrap(message) ?? `this is not valid YAML: ${message}`;
  }
}

function checkKey(pair: Pair, report: Report): void {
  const { key } = pair;
  if (!isScalar(key) || typeof key.value !== 'string') {
    const written = isScalar(key) ? String(key.source ?? key.value) : undefined;
    if (written !== undefined && isBooleanWord(written)) report(offsetOf(key), booleanKeyTrap(written));
    else report(offsetOf(key), 'a key is a word. Put it in quotes if it is meant as text.');
  } else if (key.value === '<<')
    report(offsetOf(key), 'merge keys (`<<`) are not part of the language. Write the entries out.');
  else if (isBooleanWord(key.value)) report(offsetOf(key), booleanKeyTrap(key.value));
}

function checkNode(node: Node, source: Text, report: Report): void {
  if (isAlias(node)) {
    report(
      offsetOf(node),
      `aliases are not part of the language. Write out what \`*${node.source}\` stands for.`,
    );
    return;
  }
  if ('anchor' in node && node.anchor !== undefined)
    report(offsetOf(node), 'anchors (`&`) are not part of the language. Leave it out.');
  if (node.tag !== undefined) report(tagOffset(node, source), tagTrap(tagText(node, source)));
  if (isScalar(node) && typeof node.value === 'number' && !isExact(node.value)) {
    report(offsetOf(node), 'this number cannot be kept exactly. Put it in quotes if it is an identifier.');
  }
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0;
}

// A node's range begins behind its tag, so the tag is looked for in front of it.
function tagOffset(node: Node, source: Text): number {
  const start = offsetOf(node);
  const found = source.text.lastIndexOf('!', Math.max(0, start - 1));
  const first = source.text.lastIndexOf('!!', Math.max(0, start - 1));
  return first >= 0 && first === found - 1 ? first : Math.max(0, found);
}

function tagText(node: Node, source: Text): string {
  const from = tagOffset(node, source);
  const end = source.text.indexOf('\n', from);
  return source.text
    .slice(from, end < 0 ? undefined : end)
    .replace(/\s+#.*$/, '')
    .replace(/[\s,}\]]+$/, '');
}

function problemAt(offset: number, message: string, path: Path, source: Text): Problem {
  return {
    severity: 'error',
    file: source.fileName,
    ...positionAt(offset, source),
    path: pathText(path),
    message: sentence(message),
  };
}

function positionAt(offset: number, { lines }: Text): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function locate(document: Document.Parsed, path: Path, target: Target, source: Text): Position {
  const last = path.at(-1);
  if (target.part === 'key' && typeof last === 'string') {
    const map = nodeAt(document, path.slice(0, -1));
    const pair = isMap(map)
      ? map.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last)
      : undefined;
    if (pair !== undefined) return positionAt(offsetOf(pair.key), source);
  }
  const node = nodeAt(document, path);
  const offset = target.part === 'value' ? target.offset : 0;
  return positionAt(offsetOf(node) + (offset === 0 ? 0 : offsetInScalar(node, offset, source.text)), source);
}

/** The node at a path, or the nearest one around it: what was left out has no place of its own. */
function nodeAt(document: Document.Parsed, path: Path): unknown {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (node !== undefined && node !== null) return node;
  }
  return document.contents;
}

/** Exact inside one-line scalars without escapes; else the scalar's start. */
function offsetInScalar(node: unknown, offset: number, text: string): number {
  if (!isScalar(node) || node.range === null || node.range === undefined) return 0;
  const written = text.slice(node.range[0], node.range[1]);
  if (written.includes('\n')) return 0;
  if (node.type === 'PLAIN') return offset;
  if (node.type === 'QUOTE_DOUBLE') return written.includes('\\') ? 0 : offset + 1;
  if (node.type !== 'QUOTE_SINGLE') return 0;
  let at = 1;
  for (let read = 0; read < offset; read++) at += written.startsWith("''", at) ? 2 : 1;
  return at;
}
