import { TextDecoder } from 'node:util';
import { RequestError } from './request-error.js';

/** A line of what was sent, counted from 1. */
export interface NumberedLine {
  readonly no: number;
  readonly text: string;
}

/** No saga is nearly as large; what has no line ends must not fill the memory. */
const LONGEST = 64_000_000;

/** Cuts bytes into lines as they come, without empty ones. @throws RequestError for a line that is too long or no UTF-8. */
export async function* numberedLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<NumberedLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let no = 1;
  let begun = '';
  for await (const chunk of chunks) {
    const pieces = decoded(decoder, chunk, no).split('\n');
    begun += pieces[0]!;
    for (const piece of pieces.slice(1)) {
      if (begun.trim() !== '') yield { no, text: begun };
      begun = piece;
      no += 1;
    }
    if (begun.length > LONGEST)
      throw new RequestError('TOO_LARGE', `line ${no} has more than ${LONGEST} characters`);
  }
  begun += decoded(decoder, undefined, no);
  if (begun.trim() !== '') yield { no, text: begun };
}

function decoded(decoder: TextDecoder, chunk: Uint8Array | undefined, no: number): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new RequestError('INVALID_REQUEST', `line ${no} or one of the next is not UTF-8`);
  }
}
