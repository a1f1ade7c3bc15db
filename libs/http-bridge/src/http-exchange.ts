import type { Json } from '#libs/messaging';
import type { HttpRequest } from './http-request.js';

/** What came of a request. */
export type HttpOutcome =
  /** There is an answer. `body` is absent where it could not be read. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter?: string;
      /** The header `saga-usage`: what it used up. */
      readonly usage?: string;
      readonly body?: Json;
    }
  /** Not a byte of it has left. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  /** It left, or may have left, and nothing is known of what became of it. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Sends requests. What it promises about `not-sent` is what retries are built on. */
export abstract class HttpExchange {
  /** Sends once: no redirect is followed, nothing is sent again. Does not throw. */
  abstract send(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome>;

  /** Closes connections that are kept. */
  abstract close(): void;
}
