/**
 * Where a secret can be read, by the name of what was told: as it is written, or byte by byte, as a database shows what is
 * no text.
 */
export function leaksIn(
  told: Readonly<Record<string, string>>,
  secrets: readonly string[],
): readonly string[] {
  return Object.entries(told).flatMap(([where, text]) =>
    secrets
      .filter((secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString('hex')))
      .map((secret) => `${where}: ${secret}`),
  );
}
