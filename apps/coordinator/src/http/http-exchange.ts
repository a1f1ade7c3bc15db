/** The part of a framework's reply that controllers use. */
export interface HttpReply {
  status(code: number): HttpReply;
  header(name: string, value: string): HttpReply;
  type(mediaType: string): HttpReply;
  send(payload: string): HttpReply;
}

/** Headers of a request. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** The part of a framework's request that the error filter uses. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** The route as declared, without the values in it. */
  readonly routeOptions?: { readonly url?: string };
}
