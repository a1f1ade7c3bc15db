import type { StartHead } from '#libs/messaging';
import type { Program } from '#libs/saga';

/** Where the present values of toggles are known. */
export interface ToggleValues {
  /** The version of a definition that a new instance runs. */
  current(definition: string): Program | undefined;
  /** What the toggles of a new instance are. */
  togglesOf(program: Program): Readonly<Record<string, boolean>>;
}

/**
 * A start with the toggles as they are now.
 *
 * Every record that starts a saga is given them when it is written, so what the saga begins with stands in its home
 * partition; a start that waited at a desk has them from when the desk let it go.
 */
export function withToggles(definitions: ToggleValues, head: StartHead): StartHead {
  const program = definitions.current(head.definition);
  return program?.toggles === undefined ? head : { ...head, toggles: definitions.togglesOf(program) };
}
