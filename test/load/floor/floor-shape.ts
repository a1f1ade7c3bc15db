import type { HeaderTexts } from '#libs/messaging';

/** A message of a saga as the floor sends it: as large as the real one, with as many headers. */
export interface FloorMessage {
  readonly topic: string;
  readonly value: string | null;
  readonly headers: HeaderTexts;
}

/**
 * The messages of the two kinds of saga behind the order itself, in the order they are sent: start, command, reply,
 * …, outcome.
 */
export interface FloorShape {
  readonly fulfilled: readonly FloorMessage[];
  readonly rejected: readonly FloorMessage[];
}

/** With which client the messages go round: the driver of coordinator and participants, or kafkajs as it comes. */
export type FloorClientName = 'driver' | 'kafkajs';

/** Topics of a floor are those of the sagas behind a prefix. */
export function floorTopic(client: FloorClientName, topic: string): string {
  return `floor-${client}.${topic}`;
}

/** Two of every thousand messages of a kind look alike: which one it is stands at the end of this header. */
const markHeaders = ['ce_id', 'saga-signature'] as const;

/** The messages of both kinds in one list, each marked with its place in it; kinds begin at {@link startOf}. */
export function markedMessages(shape: FloorShape): readonly FloorMessage[] {
  return [...shape.fulfilled, ...shape.rejected].map(marked);
}

/** Place of the first message of the nth order. */
export function firstMessage(shape: FloorShape, order: number): number {
  return order % 10 === 0 ? shape.fulfilled.length : 0;
}

/** Place of the message that was received, or undefined of something else. */
export function placeOf(headers: Readonly<Record<string, Buffer>>): number | undefined {
  const mark = headers['saga-signature'] ?? headers['ce_id'];
  const text = mark?.toString('latin1', mark.length - 3);
  return text !== undefined && text.startsWith('#') ? Number(text.slice(1)) : undefined;
}

function marked(message: FloorMessage, place: number): FloorMessage {
  const name = markHeaders.find((each) => message.headers[each] !== undefined);
  if (name === undefined)
    throw new Error(`a message to ${message.topic} has neither of the headers ${markHeaders.join(', ')}`);
  const text = message.headers[name] ?? '';
  const mark = `#${String(place).padStart(2, '0')}`;
  return { ...message, headers: { ...message.headers, [name]: text.slice(0, -mark.length) + mark } };
}
