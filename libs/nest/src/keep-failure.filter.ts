import { Catch, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Leaves what a handler throws as it is. Nest's own filter turns it into "Internal server error"; the kit needs the error
 * itself, to name the failure and to know how long to wait.
 */
@Catch()
export class KeepFailureFilter implements ExceptionFilter {
  catch(thrown: unknown): Observable<never> {
    return throwError(() => thrown);
  }
}
