import { isPair, isScalar, isSeq, parseAllDocuments, visit, type Pair, type YAMLMap } from 'yaml';
import { BLOCKS_BY_HEAD } from '../blocks/registered-blocks.js';
import { DOCUMENT_SHAPES } from '../compiler/document-shapes.js';

/** A part of a text, and what comes to stand there. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** From its first character to the one behind its last. */
type Range = readonly [from: number, to: number];

/**
 * The text of a definition file as it is written: the head of a document and of each block first, no blanks at the ends
 * of lines, one line feed at the end. It means the same as before; comments, line breaks and alignment stay. A text that
 * is not YAML is given back as it is.
 */
export function formatDefinition(text: string): string {
  let formatted = trimmed(text);
  // An edit may hold another map that is to be edited, so the outermost ones come first, one level at a time.
  for (let edits = editsOf(formatted); edits.length > 0; edits = editsOf(formatted))
    formatted = edits.reduceRight((before, { from, to, text: written }) => {
      return before.slice(0, from) + written + before.slice(to);
    }, formatted);
  return formatted;
}

function editsOf(text: string): readonly Edit[] {
  const documents = parseAllDocuments(text, { version: '1.2', schema: 'core' });
  const edits: Edit[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    if (document.errors.length > 0) return [];
    visit(document, {
      Map: (_key, map, around) => {
        const edit = headFirst(map, headsAt(around), text);
        if (edit === undefined) return undefined;
        edits.push(edit);
        return visit.SKIP;
      },
    });
  }
  return edits;
}

/** Lists whose entries may have keys that are heads elsewhere. */
const OTHER_LISTS: readonly unknown[] = ['listen', 'triggers'];

/** The keys of which one says the kind of a map that lies in `around`. */
function headsAt(around: readonly unknown[]): readonly string[] {
  const [outer, list] = around.slice(-2);
  if (around.length === 1) return Object.keys(DOCUMENT_SHAPES);
  const isOther = isPair(outer) && isScalar(outer.key) && OTHER_LISTS.includes(outer.key.value);
  return isSeq(list) && !isOther ? [...BLOCKS_BY_HEAD.keys()] : [];
}

/** The entries take each other's places: what stands between them stays where it is. */
function headFirst(map: YAMLMap, heads: readonly string[], text: string): Edit | undefined {
  const found = map.items.flatMap(({ key }, index) =>
    isScalar(key) && heads.includes(String(key.value)) ? [index] : [],
  );
  const [head = 0] = found;
  if (found.length !== 1 || head === 0) return undefined;
  const ranges = rangesOf(map, text);
  const places = ranges.slice(0, head + 1);
  const from = places[0]![0];
  const to = places[head]![1];
  const written = [places[head]!, ...places.slice(0, head)].map(([begin, end]) => text.slice(begin, end));
  const between = places.slice(1).map(([begin], index) => text.slice(places[index]![1], begin));
  return { from, to, text: written.map((entry, index) => entry + (between[index] ?? '')).join('') };
}

/** Where each entry stands, with the comments that belong to it: those above it, and the one behind it. */
function rangesOf({ items, flow, range }: YAMLMap, text: string): readonly Range[] {
  if (flow === true) return items.map((pair) => [startOf(pair), endOf(pair)]);
  const starts = items.map((pair, index) => (index === 0 ? startOf(pair) : aboveOf(startOf(pair), text)));
  return starts.map((start, index) => {
    const next = starts[index + 1] ?? range![1];
    return [start, start + text.slice(start, next).trimEnd().length];
  });
}

function startOf({ key }: Pair): number {
  return (key as { readonly range: readonly number[] }).range[0]!;
}

function endOf({ key, value }: Pair): number {
  const last = (value ?? key) as { readonly range: readonly number[] };
  return last.range[1]!;
}

/** Where the comments begin that stand on lines of their own directly above. */
function aboveOf(start: number, text: string): number {
  let from = start;
  for (;;) {
    const line = text.lastIndexOf('\n', from - 1);
    const before = text.lastIndexOf('\n', line - 1);
    const above = text.slice(before + 1, line);
    if (line < 0 || !above.trimStart().startsWith('#')) return from;
    from = before + 1 + (above.length - above.trimStart().length);
  }
}

/** Blanks at the end of a line of a text that is written with `|` may matter, so those are left alone. */
function trimmed(text: string): string {
  const kept: Range[] = [];
  const documents = parseAllDocuments(text, { version: '1.2', schema: 'core' });
  for (const document of Array.isArray(documents) ? documents : []) {
    if (document.errors.length > 0) return text;
    visit(document, {
      Scalar: (_key, { range }) => {
        kept.push([range![0], range![1]]);
      },
    });
  }
  const isKept = (at: number): boolean => kept.some(([from, to]) => from <= at && at < to);
  const lines = text.replace(/[ \t]+(?=\r?$)/gm, (blanks, at: number) => (isKept(at) ? blanks : ''));
  return text.trim() === '' || isKept(text.trimEnd().length) ? lines : lines.replace(/\s*$/, '\n');
}
