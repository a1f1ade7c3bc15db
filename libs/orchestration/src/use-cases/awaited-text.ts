import type { Json } from '#libs/messaging';
import type { AwaitEffect } from '#libs/saga';

/** What an `await` asks for, in the words of whoever looks at the saga. */
export function awaitedText({ channel, request }: Pick<AwaitEffect, 'channel' | 'request'>): string {
  const asked = (request ?? {}) as Readonly<Record<string, Json>>;
  switch (channel) {
    case 'event':
      return eventText(asked as unknown as EventRequest);
    case 'task':
      return `a person's answer${quoted(asked['title'])}${roleText(asked['to'])}`;
    case 'saga':
      return `the end of saga ${textOf(asked['definition'])}${keyText(asked['key'])}`;
    case 'lock':
      return `the lock on ${textOf(asked['resource'])}`;
    case 'fact':
      return `the fact ${textOf(asked['fact'])}${keyText(asked['key'])}`;
  }
}

interface EventRequest {
  readonly subscriptions?: readonly { readonly event: string; readonly key: Json }[];
}

function eventText({ subscriptions = [] }: EventRequest): string {
  if (subscriptions.length === 0) return 'an event';
  return subscriptions.map(({ event, key }) => `the event ${event}${keyText(key)}`).join(' or ');
}

function keyText(key: Json | undefined): string {
  return key === undefined || key === null ? '' : ` of ${textOf(key)}`;
}

function roleText(to: Json | undefined): string {
  const role =
    typeof to === 'object' && to !== null && !Array.isArray(to) ? (to as { role?: Json }).role : to;
  return typeof role === 'string' ? ` from ${role}` : '';
}

function quoted(text: Json | undefined): string {
  return typeof text === 'string' ? ` to "${text}"` : '';
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
