import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

/** Forward only: what was told cannot be taken back, so telling comes after updating and never undoes it. */
const documents = `saga: change-address
version: 1
key: input.changeId
pivot: start
defaults: { step: { timeout: 3s, retry: { attempts: 2, delay: 100ms } } }
triggers: [{ event: crm.address-changed }]
steps:
  - step: update
    call: crm.update-address
    retry: { attempts: 5, delay: 200ms }
    catch:
      unknown-customer: { do: [{ end: refused }] }
      failed: { do: [{ end: not-updated }] }
  - parallel: tell
    branches:
      customer:
        - step: mailCustomer
          call: mail.send
          with: { to: '\${ input.customerId }', address: '\${ steps.update.output.address }' }
          retry: { attempts: 2, delay: 100ms }
          catch: { failed: continue, bounced: continue, unknown: continue }
      manager:
        - choice: preference
          cases:
            - case: by-chat
              if: input.manager.channel == 'chat'
              do:
                - step: chatManager
                  call: chat.post
                  retry: { attempts: 2, delay: 100ms }
                  catch: { failed: continue, rejected: continue, unknown: continue }
            - case: by-phone
              if: input.manager.channel == 'phone'
              do:
                - step: callManager
                  call: phone.call
                  retry: { attempts: 2, delay: 100ms }
                  catch: { failed: continue, rejected: continue, unknown: continue }
          else:
            - step: mailManager
              call: mail.send
              retry: { attempts: 2, delay: 100ms }
              catch: { failed: continue, bounced: continue, unknown: continue }
outcomes:
  completed: { emit: crm.address.told, with: { changeId: '\${ input.changeId }' } }
---
participant: crm
commands: { update-address: { rejects: [unknown-customer] } }
---
participant: mail
commands: { send: { rejects: [bounced] } }
`;

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'update-then-tell', documents });
  bench.participants.behave('crm.update-address', { succeeded: { address: 'Elm Street 2' } });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

function change(changeId: string, channel: string): Promise<void> {
  return bench.publish('crm.address-changed', { changeId, customerId: 'c-1', manager: { channel } });
}

describe('a changed address', () => {
  it.each([
    ['chat', 'chat.post'],
    ['phone', 'phone.call'],
    ['pigeon', 'mail.send'],
  ])('is told to a manager who prefers %s by %s', async (channel, command) => {
    await change(`to-${channel}`, channel);

    expect(await bench.ended(`to-${channel}`)).toMatchObject({ status: 'completed' });
    const [first, ...told] = bench.participants.done(`to-${channel}`);
    expect(first).toBe('crm.update-address');
    expect([...told].sort()).toEqual(['mail.send', command].sort());
  });

  it('is told with what was stored, and only after it was', async () => {
    bench.participants.behave('crm.update-address', [{ failed: 'busy' }, { failed: 'busy' }], {
      key: 'late',
    });
    await change('late', 'chat');

    const { steps } = await bench.ended('late');

    expect(steps['mailCustomer']).toMatchObject({ outcome: 'succeeded' });
    expect(Date.parse(steps['mailCustomer']!.startedAt!)).toBeGreaterThanOrEqual(
      Date.parse(steps['update']!.endedAt!),
    );
    const arrived = bench.participants.deliveries.filter(({ key }) => key === 'late');
    expect(arrived.map(({ command }) => command.type).slice(0, 3)).toEqual([
      'crm.update-address',
      'crm.update-address',
      'crm.update-address',
    ]);
    expect(arrived.find(({ command }) => command.type === 'mail.send')!.command.data).toEqual({
      to: 'c-1',
      address: 'Elm Street 2',
    });
  });

  it('is told to nobody when it was refused', async () => {
    bench.participants.behave('crm.update-address', { rejected: 'unknown-customer' }, { key: 'refused' });
    await change('refused', 'chat');

    expect(await bench.ended('refused')).toMatchObject({ status: 'completed' });
    expect(bench.participants.done('refused')).toEqual([]);
  });
});

describe('a notification that fails', () => {
  it.each([
    ['refused', { rejected: 'bounced' }],
    ['broken', { failed: 'no-server' }],
    ['silent', { silent: 'not-done' }],
  ] as const)('because it is %s fails no saga', async (name, behaviour) => {
    bench.participants.behave('mail.send', behaviour, { key: `mail-${name}` });
    await change(`mail-${name}`, 'chat');

    const page = await bench.ended(`mail-${name}`);

    expect(page).toMatchObject({ status: 'completed', incident: false });
    expect(page.steps['mailCustomer']?.outcome).not.toBe('succeeded');
    expect(bench.participants.done(`mail-${name}`)).toEqual(['crm.update-address', 'chat.post']);
  });

  it('does not keep the other one waiting', async () => {
    bench.participants.behave('mail.send', { failed: 'no-server' }, { key: 'both' });
    bench.participants.behave('phone.call', { rejected: 'busy' }, { key: 'both' });
    await change('both', 'phone');

    expect(await bench.ended('both')).toMatchObject({ status: 'completed' });
    expect(bench.participants.done('both')).toEqual(['crm.update-address']);
  });
});
