import { FieldKeyError, type FieldKeys } from '#libs/messaging';
import type { NeededKey, Problem, Program } from '#libs/saga';

/** The keys that definitions encrypt with and nobody has given to this process, or that cannot be read. */
export function missingKeyProblems(programs: readonly Program[], keys: FieldKeys): readonly Problem[] {
  const needed = new Map(
    programs.flatMap(({ encryption }) => encryption?.keys ?? []).map((key) => [placeText(key), key]),
  );
  return [...needed.values()].flatMap((key) => {
    const message = trouble(key, keys);
    return message === undefined ? [] : [{ ...key.place, severity: 'error', message }];
  });
}

function placeText({ place: { file, line, column } }: NeededKey): string {
  return `${file}:${line}:${column}`;
}

function trouble({ name, fieldClass }: NeededKey, keys: FieldKeys): string | undefined {
  try {
    if (keys.find(name).length > 0) return undefined;
    return `There is no key "${name}" to encrypt "${fieldClass}" with. Put it into a file of this name in the folder that SKALD_SECRETS names, here and for the participants: <id>:<base64 of 32 bytes>.`;
  } catch (error) {
    if (error instanceof FieldKeyError) return error.message;
    throw error;
  }
}
