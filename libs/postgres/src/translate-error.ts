import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { SagaError } from '#libs/messaging';
import { LayoutError, StoreRefusedError, StoreUnavailableError } from '#libs/orchestration';

/** SQLSTATE of a missing partition, which is no fault of the row: all rows of that day fail alike. */
const MISSING_PARTITION_ROUTINE = 'ExecFindPartition';

/** Classes whose content can never be stored: data, cardinality, constraint, limit of the program. */
const REFUSED = new Set(['21', '22', '23', '54']);

/** What a driver's error means to the coordinator. `what` names the attempt: `commit of 2 lanes`. */
export function translateError(thrown: unknown, what: string): Error {
  const error = driverErrorOf(thrown);
  if (error instanceof SagaError) return error;
  if (error instanceof RangeError)
    return new StoreRefusedError(`${what}: too large to be sent`, { cause: error });
  if (error instanceof TypeError) return error;
  return isDatabaseError(error) ? translateState(error, what) : unavailable(what, error);
}

/** Whether the statement is known to have had no effect and may succeed when it is simply repeated. */
export function isWorthRepeating(error: unknown): boolean {
  return isDatabaseError(error) && (error.code === '40001' || error.code === '40P01');
}

/** Whether the server itself reported this SQLSTATE. */
export function hasState(thrown: unknown, ...states: readonly string[]): boolean {
  const error = driverErrorOf(thrown);
  return isDatabaseError(error) && states.includes(error.code ?? '');
}

/** Whether the connection may be used again: the server answered, and did not say good-bye. */
export function leavesConnectionUsable(error: unknown): boolean {
  return isDatabaseError(error) && !['08', '57'].includes((error.code ?? '').slice(0, 2));
}

function isDatabaseError(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError;
}

/** What the driver threw, without TypeORM's wrapping. */
function driverErrorOf(error: unknown): unknown {
  return error instanceof QueryFailedError ? error.driverError : error;
}

function translateState(error: pg.DatabaseError, what: string): Error {
  const state = error.code ?? '';
  const context = { state, ...(error.constraint === undefined ? {} : { constraint: error.constraint }) };
  if (error.routine === MISSING_PARTITION_ROUTINE) {
    const message = `${what}: ${error.table ?? 'a table'} has no partition for this day: run 'skald migrate'`;
    return new StoreUnavailableError(message, { cause: error, context });
  }
  if (REFUSED.has(state.slice(0, 2))) {
    return new StoreRefusedError(`${what}: ${withoutValues(error)}`, { cause: error, context });
  }
  if (state.startsWith('42')) {
    const message = `${what}: the schema is not the one expected (${error.message}): run 'skald migrate'`;
    return new LayoutError(message, { cause: error, context });
  }
  return unavailable(what, error);
}

/** The server's own words quote values of class 22 (`invalid input … "x"`); payloads do not belong in logs. */
function withoutValues(error: pg.DatabaseError): string {
  return error.message.replace(/: ".*$/s, '').replace(/".*"/s, '…');
}

/** What Node says of a certificate it does not take. */
const distrust = /^(?:ERR_TLS_CERT_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/;

function unavailable(what: string, error: unknown): StoreUnavailableError {
  const reason = reasonOf(error);
  const context = isDatabaseError(error) ? { state: error.code } : {};
  return new StoreUnavailableError(`${what}: ${reason === '' ? 'no connection' : reason}`, {
    cause: error,
    context,
  });
}

function reasonOf(error: unknown): string {
  const { code, message = String(error) } = (error ?? {}) as {
    readonly code?: unknown;
    readonly message?: string;
  };
  return typeof code === 'string' && distrust.test(code)
    ? `the certificate of the database is not trusted (${message}); DATABASE_SSL_CA, or sslrootcert in DATABASE_URL, says who vouches for it`
    : message;
}
