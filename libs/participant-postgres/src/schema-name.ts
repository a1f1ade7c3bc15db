/** The schema's name quoted for SQL. @throws TypeError when it is not a plain identifier. */
export function quotedSchema(schema: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema)) {
    throw new TypeError(
      `"${schema}" cannot be the schema of an operation memory: use letters, digits and underscores`,
    );
  }
  return `"${schema}"`;
}
