/** The SQLSTATE of an error of `pg` or TypeORM, or `undefined` when the server said nothing. */
export function sqlState(error: unknown): string | undefined {
  const { code, driverError } = (error ?? {}) as { readonly code?: unknown; readonly driverError?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  return driverError === undefined ? undefined : sqlState(driverError);
}

/** Deadlock or serialisation failure: the same transaction may go through at once. */
export function isCollision(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40P01' || state === '40001';
}
