import type { PublishedDocument } from '../definition-store.js';

/** A file that holds definitions, or one they refer to. */
export interface DefinitionText {
  readonly path: string;
  readonly text: string;
}

/** One document of a file, standing at the lines where the file has it, so that problems name the right place. */
export interface DocumentPiece {
  readonly file: string;
  readonly text: string;
}

/** Whether a file holds definitions; others are only referred to by them. JSON files are schemas. */
export function holdsDefinitions(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/**
 * Takes a file apart at its document markers. At the beginning of a line `---` is a marker and nothing else, even
 * inside a block of text, so no parser is needed.
 */
export function piecesOf({ path, text }: DefinitionText): readonly DocumentPiece[] {
  const pieces: DocumentPiece[] = [];
  let lines: string[] = [];
  let blank = 0;
  const close = (): void => {
    if (lines.some(isContent)) pieces.push({ file: path, text: '\n'.repeat(blank) + lines.join('\n') });
    blank += lines.length;
    lines = [];
  };
  for (const line of text.split('\n')) {
    const marker = /^---(?:\s+(.*))?$/.exec(line.replace(/\r$/, ''));
    if (marker === null) {
      lines.push(line);
      continue;
    }
    close();
    // What stands behind a marker belongs to the next document; four characters keep its columns right.
    lines.push(marker[1] === undefined ? '' : `    ${marker[1]}`);
  }
  close();
  return pieces;
}

/** The document as it is stored: without the lines that only kept its place in the file. */
export function storedText(piece: DocumentPiece): string {
  return `${piece.text.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd()}\n`;
}

/** What identifies a published document. */
export function identityOf({
  kind,
  name,
  version,
}: Pick<PublishedDocument, 'kind' | 'name' | 'version'>): string {
  return `${kind} ${name} ${version}`;
}

function isContent(line: string): boolean {
  const text = line.trim();
  return text !== '' && text !== '...' && !text.startsWith('#');
}
