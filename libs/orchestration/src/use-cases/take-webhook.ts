import {
  encryptParts,
  eventHeaders,
  eventPartition,
  eventTopic,
  type Clock,
  type CommandSink,
  type DomainEvent,
  type FieldKeys,
  type Json,
  type OutgoingRecord,
  type Secrets,
  type TraceHeaders,
} from '#libs/messaging';
import type { WebhookTrigger } from '#libs/saga';
import type { Installation } from '../installation-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { HomeMailbox } from './home-mailbox.js';
import { BrokerUnavailableError, RequestError } from './request-error.js';
import { signatureProblem, type SignedRequest } from './webhook-signature.js';

/** A request to a webhook. */
export interface WebhookRequest extends SignedRequest {
  readonly webhook: string;
  readonly trace?: TraceHeaders;
}

/** What {@link TakeWebhook} works with. */
export interface TakeWebhookOptions {
  readonly definitions: LoadedDefinitions;
  readonly mailbox: HomeMailbox;
  readonly sink: CommandSink;
  readonly secrets: Secrets;
  readonly fieldKeys: FieldKeys;
  readonly installation: Installation;
  readonly clock: Clock;
}

/**
 * Takes a signed request from outside in as a domain event, `webhook.<name>`.
 *
 * What it starts is decided by gates like that of any event; a request that is repeated is the same event. All requests
 * to one webhook keep their order.
 */
export class TakeWebhook {
  constructor(private readonly options: TakeWebhookOptions) {}

  /** Resolves when the broker has the event. @throws RequestError when the request is not believed or not JSON. */
  async take(request: WebhookRequest): Promise<void> {
    const { clock, installation, mailbox, sink } = this.options;
    const { webhook, id, body, trace = {} } = request;
    await this.assertSigned(request);
    assertJson(body);
    const type = `webhook.${webhook}`;
    const topic = eventTopic(type);
    const partitions = await sink.partitions(topic);
    if (partitions === undefined) throw new BrokerUnavailableError(`there is no topic ${topic}`);
    const source = `/skald/${installation.name}/webhooks/${webhook}`;
    await mailbox.publish({
      topic,
      part: eventPartition(webhook, partitions),
      key: webhook,
      ...this.contentOf(type, id, body, { source, at: clock.now(), hops: 0, trace }),
    });
  }

  /** Nobody says which part of a request is what: where a definition that it starts encrypts anything, all of it is. */
  private contentOf(
    type: string,
    id: string,
    body: Buffer,
    said: Pick<DomainEvent, 'source' | 'at' | 'hops' | 'trace'>,
  ): Pick<OutgoingRecord, 'value' | 'headers'> {
    const { definitions, fieldKeys } = this.options;
    const text = body.toString('utf8');
    const [key] = definitions
      .triggersOf(type)
      .flatMap(({ program }) => program.encryption?.keys.map(({ name }) => name) ?? []);
    if (key === undefined) return { value: text, headers: eventHeaders({ id, type, ...said }) };
    const encrypted = [{ path: [], key }];
    const data = encryptParts(JSON.parse(text) as Json, encrypted, fieldKeys, id);
    return { value: JSON.stringify(data), headers: eventHeaders({ id, type, ...said, encrypted }) };
  }

  private async assertSigned(request: WebhookRequest): Promise<void> {
    const { definitions, secrets, clock } = this.options;
    const names = new Set(
      definitions
        .triggersOf(`webhook.${request.webhook}`)
        .map(({ trigger }) => (trigger as WebhookTrigger).secret),
    );
    if (names.size === 0)
      throw new RequestError('UNKNOWN_WEBHOOK', `no published definition has a webhook "${request.webhook}"`);
    const found = await Promise.all([...names].map((name) => secrets.find(name)));
    const known = found.filter((secret) => secret !== undefined);
    if (known.length === 0)
      throw new RequestError(
        'NOT_SIGNED',
        `the secret ${[...names].join(', ')} of this webhook is not known here, so nothing can be believed`,
      );
    const problems = known.map((secret) => signatureProblem(request, secret, clock.now()));
    if (!problems.includes(undefined)) throw new RequestError('NOT_SIGNED', problems[0]!);
  }
}

function assertJson(body: Buffer): void {
  const text = body.toString('utf8');
  if (text.includes('\0') || /(?<!\\)(?:\\\\)*\\u0000/.test(text))
    throw new RequestError('INVALID_INPUT', 'the body contains a NUL character, which cannot be stored');
  try {
    JSON.parse(text) as Json;
  } catch (error) {
    throw new RequestError('INVALID_REQUEST', `the body is not JSON: ${(error as Error).message}`);
  }
}
