import type { Json } from '#libs/messaging';
import { operationParts, type ClassedPart, type ClassedParts, type Effect } from '#libs/saga';
import type { HistoryEntry } from '../history.js';

/** The shortest text that is looked for inside other texts; a shorter one is found only where it stands alone. */
const SHORTEST = 4;

/** Covers what is classed in the data of one saga. */
export interface Mask {
  /** Covers the parts at these paths, and whatever repeats classed texts. */
  readonly parts: <T>(value: T, parts: readonly ClassedPart[] | undefined) => T;
  /** Covers texts that stand at classed places of the saga, wherever they are repeated. */
  readonly repeats: <T>(value: T) => T;
}

/** What stands in place of a value that is classed. */
export function cover(fieldClass: string): string {
  return `[masked: ${fieldClass}]`;
}

/**
 * Covers what is classed: where the definition says so, and where the same texts come up again, such as in messages
 * that a participant wrote.
 */
export function maskOf(sources: readonly (readonly [Json, readonly ClassedPart[] | undefined])[]): Mask {
  const texts = new Map<string, string>();
  for (const [value, parts] of sources)
    for (const { path, fieldClass } of parts ?? [])
      for (const text of textsAt(value, path)) texts.set(text, cover(fieldClass));
  const longest = [...texts].filter(([text]) => text.length >= SHORTEST).sort(byLength);
  const blur = (value: Json): Json => {
    if (typeof value === 'string')
      return texts.get(value) ?? longest.reduce((text, [from, to]) => text.replaceAll(from, to), value);
    if (Array.isArray(value)) return value.map(blur);
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, blur(field)]));
  };
  return {
    parts: <T>(value: T, parts: readonly ClassedPart[] | undefined) =>
      blur((parts ?? []).reduce(coverAt, value as Json)) as T,
    repeats: <T>(value: T) => (texts.size === 0 ? value : (blur(value as Json) as T)),
  };
}

/** One entry of a history with what is classed covered. */
export function maskedEntry(entry: HistoryEntry, classed: ClassedParts, mask: Mask): HistoryEntry {
  const { input, effects } = entry;
  return mask.repeats({
    ...entry,
    input:
      input.kind === 'answer' || input.kind === 'heard'
        ? { ...input, data: mask.parts(input.data, classed.outputs[blockOf(input)]) }
        : input,
    effects: effects.map((effect) => maskedEffect(effect, classed, mask)),
  });
}

function maskedEffect(effect: Effect, classed: ClassedParts, mask: Mask): Effect {
  switch (effect.kind) {
    case 'open':
      return { ...effect, data: mask.parts(effect.data, classed.sent[effect.block]) };
    case 'await':
      return effect.channel === 'task' && isMap(effect.request)
        ? { ...effect, request: maskedTask(effect.request, classed.shown[effect.block], mask) }
        : effect;
    case 'noted': {
      const [part] = classed.outputs[effect.block] ?? [];
      if (effect.note.what !== 'decided' || part === undefined) return effect;
      const covered = cover(part.fieldClass);
      return { ...effect, note: { ...effect.note, inputs: covered, output: covered } };
    }
    default:
      return effect;
  }
}

/** What people are shown, covered. */
export function maskedTask<T extends { readonly show?: unknown; readonly items?: unknown }>(
  task: T,
  parts: readonly ClassedPart[] | undefined,
  mask: Mask,
): T {
  const whole = parts?.find(({ path }) => path.length === 0);
  const items = whole && Array.isArray(task.items) ? { items: task.items.map(coveredItem(whole)) } : {};
  return { ...task, show: mask.parts(task.show ?? null, parts), ...items };
}

function coveredItem({ fieldClass }: ClassedPart) {
  return (item: Readonly<Record<string, unknown>>) => ({
    ...item,
    item: cover(fieldClass),
    ...('show' in item ? { show: cover(fieldClass) } : {}),
  });
}

function coverAt(value: Json, { path, fieldClass }: ClassedPart): Json {
  const [step, ...rest] = path;
  if (value === null || value === undefined) return value;
  if (step === undefined) return cover(fieldClass);
  const inside = { path: rest, fieldClass };
  if (step === '*') return Array.isArray(value) ? value.map((item: Json) => coverAt(item, inside)) : value;
  if (!isMap(value) || !Object.hasOwn(value, step)) return value;
  return { ...value, [step]: coverAt(value[step]!, inside) };
}

function textsAt(value: Json | undefined, [step, ...rest]: readonly string[]): readonly string[] {
  if (step === '*') return Array.isArray(value) ? value.flatMap((item: Json) => textsAt(item, rest)) : [];
  if (step !== undefined) return isMap(value) ? textsAt(value[step], rest) : [];
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsAt(item, []));
  return isMap(value) ? Object.values(value).flatMap((field) => textsAt(field, [])) : [];
}

function isMap(value: unknown): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byLength([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return other.length - one.length;
}

function blockOf(input: { readonly operation: string } | { readonly id: string }): string {
  const operation = 'operation' in input ? input.operation : input.id;
  return operationParts(operation)?.block ?? operation;
}
