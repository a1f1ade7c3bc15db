/**
 * The identity of one effect within its saga: `<block>[@<iteration>]/<round>/<direction>`, for example
 * `chargeCard/1/do`. It holds no attempt: a repeated message and a new attempt keep it, a new round does not.
 */
export type OperationName = string;

/** What an operation is for. `unless` asks whether an undo is still wanted; `wait` is for something outside the participants. */
export type Direction = 'do' | 'undo' | 'verify' | 'unless' | 'wait';

/** The parts of an operation name. */
export interface OperationParts {
  readonly block: string;
  /** Keys or indices of the enclosing loops, outermost first; empty outside loops. */
  readonly iteration: readonly string[];
  readonly round: number;
  readonly direction: Direction;
}

/** Joins the parts. Iteration keys are percent-encoded, so a name never holds `/`, `@`, `~` or `,` that is not a separator. */
export function operationName(parts: OperationParts): OperationName {
  return `${parts.block}${iterationSuffix(parts.iteration)}/${parts.round}/${parts.direction}`;
}

/** `@<key>,<key>`, or nothing outside loops. */
export function iterationSuffix(iteration: readonly string[]): string {
  return iteration.length === 0 ? '' : `@${iteration.map(encodeKey).join(',')}`;
}

/** The keys in what stands behind the `@` of a suffix. */
export function iterationKeys(text: string): readonly string[] {
  return text.split(',').map(decodeURIComponent);
}

/** Takes a name apart, or returns `undefined` when it is none. */
export function operationParts(name: OperationName): OperationParts | undefined {
  const match = /^([A-Za-z][A-Za-z0-9.]*)(?:@([^/]*))?\/(\d+)\/(do|undo|verify|unless|wait)$/.exec(name);
  if (match === null) return undefined;
  return {
    block: match[1]!,
    iteration: match[2] === undefined ? [] : iterationKeys(match[2]),
    round: Number(match[3]),
    direction: match[4] as Direction,
  };
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('~', '%7E');
}
