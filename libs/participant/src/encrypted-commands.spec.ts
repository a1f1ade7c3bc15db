import { afterEach, describe, expect, it } from '@jest/globals';
import {
  answerPlace,
  decryptParts,
  encryptParts,
  GivenFieldKeys,
  header,
  type Command,
  type FieldKey,
  type Json,
} from '#libs/messaging';
import { accepted } from './handler-answer.js';
import { command, given, stopAll } from './participant.fixture.js';

afterEach(stopAll);

const bytes = Buffer.alloc(32, 7).toString('base64');
const keys = new GivenFieldKeys({ 'patient-key': `2:${bytes}` });
const older = new GivenFieldKeys({ 'patient-key': `1:${Buffer.alloc(32, 6).toString('base64')}` });
const parts = [{ path: ['diagnosis'], key: 'patient-key' }];
const answerParts = [{ path: ['finding'], key: 'patient-key' }];
const plain = { caseId: 'c1', diagnosis: 'acute' };
const sealed = encryptParts(plain, parts, keys, 'op-1');
const encrypted: Partial<Command> = { data: sealed, encrypted: parts, encryptAnswer: answerParts };
const opened = (value: string | null, operation = 'op-1') =>
  decryptParts(JSON.parse(value!) as Json, answerParts, keys, answerPlace(operation));

describe('a command of which a part is encrypted', () => {
  it('reaches its handler in plain, and its answer leaves encrypted', async () => {
    const seen: Json[] = [];
    const shop = await given(
      (handlers) =>
        handlers.command('inventory.reserve', (data) => {
          seen.push(data);
          return { finding: 'as thought', bed: 5 };
        }),
      {},
      keys,
    );

    shop.ask(encrypted);
    const { value } = await shop.reply();

    expect(seen).toEqual([plain]);
    expect(value).not.toContain('as thought');
    expect(opened(value)).toEqual({ finding: 'as thought', bed: 5 });
  });

  it('is answered likewise when the answer comes late, or again', async () => {
    const shop = await given((handlers) => handlers.command('inventory.reserve', () => accepted()), {}, keys);

    shop.ask(encrypted);
    await shop.reply();
    await shop.participant.complete('op-1', { finding: 'late' });
    shop.ask({ ...encrypted, isRepeat: true });
    const [, late, again] = await shop.replies(3);

    expect([late!.value, again!.value].filter((value) => value!.includes('late'))).toEqual([]);
    expect([opened(late!.value), opened(again!.value)]).toEqual([{ finding: 'late' }, { finding: 'late' }]);
  });

  it('tells what undoes it in plain what was answered', async () => {
    const remembered: unknown[] = [];
    const shop = await given(
      (handlers) =>
        handlers
          .command('inventory.reserve', () => ({ finding: 'as thought' }))
          .command('inventory.release', (_, context) => {
            remembered.push(context.remembered?.output);
            return null;
          }),
      {},
      keys,
    );

    shop.ask(encrypted);
    await shop.reply();
    shop.ask({ type: 'inventory.release', operation: 'op-2', compensates: 'op-1' });
    await shop.replies(2);

    expect(remembered).toEqual([{ finding: 'as thought' }]);
  });
});

describe('a command that cannot be decrypted', () => {
  const noKeys = { find: (): readonly FieldKey[] => [] };

  it.each([
    ['without keys', noKeys, encrypted, 'unknown-key'],
    ['with older keys only', older, { data: sealed, encrypted: parts }, 'unknown-key'],
    ['without a key for its answer', noKeys, { encryptAnswer: answerParts }, 'unknown-key'],
    ['because it is in plain', keys, { ...encrypted, data: plain }, 'not-encrypted'],
    ['because it was moved', keys, { ...encrypted, operation: 'op-9' }, 'undecipherable'],
  ])('is kept with its bytes, and the rest goes on: %s', async (_, known, change, reason) => {
    const seen: Json[] = [];
    const shop = await given(
      (handlers) =>
        handlers.command('inventory.reserve', (data) => {
          seen.push(data);
          return null;
        }),
      {},
      known,
    );
    const message = command(change);

    shop.deliver([message, command({ operation: 'op-5', data: 'plain' })]);

    await shop.until(() => shop.memory.parked().length === 1, 'the command is parked');
    await shop.untilCommitted(2);
    const [kept] = shop.memory.parked();
    expect([kept?.reason, kept?.record.value?.toString()]).toEqual([reason, message.value]);
    expect(seen).toEqual(['plain']);
    expect(shop.sink.sent.map(({ headers }) => headers[header.operation])).toEqual(['op-5']);
  });
});
