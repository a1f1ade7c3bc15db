import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { terminal } from './terminal.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'skald-acls-'));

const definitions = `
saga: order
version: 1
key: input.id
triggers:
  - event: shop.order.placed
  - webhook: bank
    secret: secret:bank
steps:
  - step: charge
    call: payment.charge
    compensate: payment.refund
  - wait: parcel
    event: parcels.parcel.left
    match: data.id == input.id
    timeout: 1h
  - step: ask
    call: identity.check
    pivot: true
outcomes:
  completed: { emit: order.order.done }
---
participant: identity
http: { base: https://identity.example }
commands:
  check: { http: POST /checks, input: { type: object }, output: { type: object } }
`;

beforeAll(() => writeFileSync(join(folder, 'order.yaml'), definitions));

afterAll(() => rmSync(folder, { recursive: true }));

async function acls(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await terminal(['acls', folder, ...args]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

async function rulesOf(role: string, ...args: readonly string[]): Promise<readonly string[]> {
  const text = await acls('-o', 'json', '--role', role, ...args);
  const [list] = JSON.parse(text) as [
    { permissions: { operation: string; resource: string; name: string }[] },
  ];
  return list.permissions.map(({ operation, resource, name }) => `${operation} ${resource} ${name}`);
}

describe('skald acls', () => {
  it('lists what the coordinator needs, without what that includes', async () => {
    expect(await rulesOf('coordinator')).toEqual([
      'Read topic skald.home',
      'Write topic skald.home',
      'DescribeConfigs topic skald.home',
      'Read group skald',
      'Read group skald.gates',
      'Read topic parcels.events',
      'Read topic shop.events',
      'Read topic webhook.events',
      'Write topic identity.commands',
      'Write topic payment.commands',
      'Write topic order.events',
      'Write topic webhook.events',
    ]);
  });

  it('lets each participant read its own commands and answer, and no more', async () => {
    expect(await rulesOf('participant payment')).toEqual([
      'Read topic payment.commands',
      'Read group payment',
      'Write topic skald.home',
    ]);
  });

  it('lets the bridge stand in for participants over HTTP', async () => {
    expect(await rulesOf('http-bridge')).toEqual([
      'Read topic identity.commands',
      'Read group identity',
      'Write topic skald.home',
    ]);
  });

  it('lets others write events that no saga tells', async () => {
    const table = await acls();

    expect(table).toMatch(/^source shop\.events +User:shop +Write +topic +shop\.events /m);
    expect(table).toMatch(/^source parcels\.events +User:parcels +Write +topic +parcels\.events /m);
    expect(table).not.toContain('source webhook.events');
    expect(table).not.toContain('source order.events');
  });

  it('lets the coordinator make topics where it has to', async () => {
    expect(await rulesOf('coordinator', '--create-topics')).toContain('Create topic payment.commands');
  });

  it('writes commands of kafka-acls.sh for principals of your own', async () => {
    const args = ['--role', 'participant payment', '--principal', "participant payment=User:CN=pay,O=Bank's"];

    expect((await acls('-f', 'kafka-acls', ...args)).split('\n')[0]).toBe(
      `kafka-acls.sh --bootstrap-server "$BOOTSTRAP" --command-config "$ADMIN" --add --allow-principal 'User:CN=pay,O=Bank'\\''s' --operation Read --topic payment.commands`,
    );
  });

  it('writes users of Strimzi', async () => {
    const text = await acls('-f', 'strimzi', '--role', 'coordinator', '--cluster', 'main');
    const [user] = parseAllDocuments(text).map((document) => document.toJSON() as unknown);

    expect(user).toMatchObject({
      kind: 'KafkaUser',
      metadata: { name: 'skald', labels: { 'strimzi.io/cluster': 'main' } },
      spec: {
        authorization: {
          acls: expect.arrayContaining([
            {
              resource: { type: 'topic', name: 'webhook.events', patternType: 'literal' },
              operations: ['Read', 'Write'],
            },
          ]),
        },
      },
    });
  });

  it.each([
    [['--role', 'cook'], /there is no role "cook"; there are install, coordinator, participant payment,/],
    [['--principal', 'cook=User:x'], /there is no role "cook"/],
    [['--principal', 'coordinator=skald'], /"skald" is not a principal of the broker: write User:skald/],
    [['--principal', 'coordinator'], /--principal takes <role>=<principal>/],
  ])('refuses what cannot be meant: %j', async (args, message) => {
    expect(await terminal(['acls', folder, ...args])).toMatchObject({
      code: 2,
      err: expect.stringMatching(message),
    });
  });
});
