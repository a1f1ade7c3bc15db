/** Makes a message a sentence: it begins with a capital and ends with a full stop. Code in backticks stays as it is. */
export function sentence(message: string): string {
  const first = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
