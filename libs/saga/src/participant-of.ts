/** The participant that a command belongs to. */
export function participantOf(call: string): string {
  return call.slice(0, call.indexOf('.'));
}

/** Whether two commands belong to the same participant. */
export function isOfOne(left: string, right: string): boolean {
  return participantOf(left) === participantOf(right);
}
