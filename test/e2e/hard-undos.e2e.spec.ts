import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Behaving, Delivery } from '../harness/behaviour.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand } from '../harness/skald-command.js';

/** What a seat is held by decides whether what comes late is refused. */
function holding(participant: string): string {
  return `saga: hold-by-${participant}
version: 1
key: input.seatId
triggers: [{ event: seats.wanted, gates: { meant: "data.by == '${participant}'" } }]
steps:
  - { step: hold, call: ${participant}.hold, compensate: ${participant}.free }
  - { step: print, call: printer.print, pivot: true }`;
}

const documents = `saga: build-house
version: 1
key: input.siteId
triggers: [{ event: works.site.free }]
defaults: { compensate: { timeout: 1s, retry: { attempts: 2, delay: 100ms } } }
steps:
  - { step: dig, call: works.dig, compensate: works.fill }
  - { step: pour, call: works.pour, compensate: works.break-up }
  - parallel: shell
    branches:
      walls: [{ step: wall, call: works.wall, compensate: works.pull-down }]
      pipes: [{ step: lay, call: works.lay, compensate: works.dig-out }]
  - { step: roof, call: works.roof, pivot: true }
---
saga: open-account
version: 1
key: input.customerId
triggers: [{ event: bank.customer.wanted }]
steps:
  - { step: identify, call: bank.identify, compensate: bank.forget }
  - group: account
    do:
      - { step: open, call: bank.open, compensate: bank.delete }
      - { step: fund, call: bank.fund, compensate: bank.draw }
    output: \${ steps.open.output.iban }
    compensate: { call: bank.close, with: { iban: '\${ self.output }' } }
  - { step: issueCard, call: cards.issue, pivot: true }
---
${holding('modern')}
---
${holding('legacy')}
---
saga: paint-dock
version: 1
key: input.jobId
triggers: [{ event: yard.painting.wanted }]
steps:
  - group: work
    do:
      - { lock: dock, resource: 'dock/\${ input.dock }', conflict: takeOver }
      - step: paint
        call: yard.paint
        timeout: 500ms
        retry: { attempts: forever, delay: 200ms }
        compensate: { none: paint stays }
    catch: { lock-lost: { undo: true, do: [{ wait: painterIsBack, event: yard.painter-back }] } }
---
participant: yard
commands: { paint: {} }
events: { yard.painter-back: { key: data.jobId } }
---
participant: legacy
fencing: none
drain: 5s
commands: { hold: { undoneBy: legacy.free }, free: {} }
---
participant: modern
commands: { hold: { undoneBy: modern.free }, free: {} }
`;

const drainMs = 5_000;

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'hard-undos', documents });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

/** What arrived for a business key, each message once. */
function arrivals(key: string): readonly Delivery[] {
  return bench.participants.deliveries.filter((each) => each.key === key && each.nth === 1);
}

/** Waits until a saga has heard that something was refused, and answers the line of its timeline. */
async function refusal(key: string): Promise<string> {
  const isRefusal = ({ text }: { readonly text: string }): boolean => text.includes('answered rejected');
  const page = await bench.until('hears a refusal', key, ({ timeline }) => timeline.some(isRefusal));
  return page.timeline.find(isRefusal)!.text;
}

/** The first arrival of a command, which may have come to nothing. */
async function firstOf(command: string, key: string): Promise<Delivery> {
  const [delivery] = await bench.participants.arrived(command, key);
  return delivery!;
}

describe('an undo that fails', () => {
  const refuses: readonly Behaving[] = [{ rejected: 'somebody-lives-there' }];
  const failsTwice: readonly Behaving[] = [{ failed: 'no-crane' }, { failed: 'no-crane' }];
  const saysNothing: readonly Behaving[] = [{ silent: 'done' }, { silent: 'done' }];
  const because = ['--reason', 'pulled down by hand'];
  const acts = {
    'tried again': (site: string) => ['retry', site, '--block', 'wall'],
    'passed over': (site: string) => ['skip', site, '--block', 'wall', ...because],
    'put right by hand': (site: string) => ['fix', site, 'wall', ...because],
  };

  it.each([
    ['refused', 'tried again', refuses, { asked: 2, made: 1 }],
    ['failing', 'tried again', failsTwice, { asked: 1, made: 1 }],
    ['silent though done', 'tried again', saysNothing, { asked: 1, made: 1 }],
    ['refused', 'passed over', refuses, { asked: 1, made: 0 }],
    ['failing', 'put right by hand', failsTwice, { asked: 1, made: 0 }],
  ] as const)('as it is %s holds the others until it is %s', async (how, what, answers, { asked, made }) => {
    const site = `${how}-${what}`.replaceAll(' ', '-');
    bench.participants.behave('works.roof', { rejected: 'no-tiles' }, { key: site });
    bench.participants.behave('works.pull-down', answers, { key: site });
    await bench.publish('works.site.free', { siteId: site });

    const stuck = await bench.stuck(site);
    expect(stuck).toMatchObject({
      status: 'compensating',
      incidents: [{ block: 'wall', code: 'UNDO_FAILED' }],
    });
    await bench.participants.arrived('works.dig-out', site);

    const acted = await skaldCommand(bench.api.url, { by: 'ada' }, ...acts[what](site));
    expect(acted).toMatchObject({ code: 0 });
    const page = await bench.ended(site);
    expect(page).toMatchObject({ status: 'compensated', incident: false });
    const [breaking] = await bench.participants.arrived('works.break-up', site);
    expect(breaking!.command.at).toBeGreaterThanOrEqual(Date.parse(page.audits.at(-1)!.at));
    const undone = bench.participants.done(site).slice(4);
    expect(undone.slice(-2)).toEqual(['works.break-up', 'works.fill']);
    expect([...undone].sort()).toEqual(
      ['works.break-up', 'works.dig-out', 'works.fill', 'works.pull-down'].slice(0, 3 + made),
    );
    const pulling = bench.participants.deliveries.filter(
      ({ key, command }) => key === site && command.type === 'works.pull-down',
    );
    expect(new Set(pulling.map(({ command }) => command.operation)).size).toBe(asked);
  });
});

describe('a group that is undone as a whole', () => {
  it('is undone by one command once it is complete', async () => {
    bench.participants.behave('bank.open', { succeeded: { iban: 'DE1' } }, { key: 'c-1' });
    bench.participants.behave('cards.issue', { rejected: 'no-stock' }, { key: 'c-1' });
    await bench.publish('bank.customer.wanted', { customerId: 'c-1' });

    expect(await bench.ended('c-1')).toMatchObject({ status: 'compensated', incident: false });
    const made = ['bank.identify', 'bank.open', 'bank.fund'];
    expect(bench.participants.done('c-1')).toEqual([...made, 'bank.close', 'bank.forget']);
    const closing = bench.participants.deeds.find(({ command }) => command === 'bank.close');
    expect(closing!.data).toEqual({ iban: 'DE1' });
  });

  it('is undone part by part before', async () => {
    bench.participants.behave('bank.fund', { rejected: 'no-money' }, { key: 'c-2' });
    await bench.publish('bank.customer.wanted', { customerId: 'c-2' });

    expect(await bench.ended('c-2')).toMatchObject({ failure: { error: 'no-money' } });
    const made = ['bank.identify', 'bank.open'];
    expect(bench.participants.done('c-2')).toEqual([...made, 'bank.delete', 'bank.forget']);
  });
});

describe('a command that is still on its way when its saga is cancelled', () => {
  const cancelled = async (seatId: string, by: string): Promise<Delivery> => {
    bench.participants.behave(`${by}.hold`, [{ silent: 'not-done' }], { key: seatId });
    await bench.publish('seats.wanted', { seatId, by });
    const held = await firstOf(`${by}.hold`, seatId);
    const { id } = (await bench.page(seatId))!;
    await bench.api.act(id, { action: 'cancel', by: 'ada', reason: 'changed their mind' });
    return held;
  };

  it('is undone at once by whoever refuses it then', async () => {
    const held = await cancelled('s-1', 'modern');
    expect(await bench.ended('s-1')).toMatchObject({ status: 'cancelled' });

    await bench.participants.comeAgain(held);
    expect(await refusal('s-1')).toContain('hold was answered rejected (undone); late');
    expect(bench.participants.done('s-1')).toEqual([]);
  });

  it('is undone only when it cannot come any more by whoever refuses nothing', async () => {
    const held = await cancelled('s-2', 'legacy');
    await bench.until('is being undone', 's-2', ({ status }) => status === 'compensating');
    await bench.participants.comeAgain(held);
    const page = await bench.ended('s-2');

    expect(page).toMatchObject({ status: 'cancelled', incident: false });
    expect(bench.participants.done('s-2')).toEqual(['legacy.hold', 'legacy.free']);
    const [, freed] = arrivals('s-2');
    expect(freed!.command).toMatchObject({ type: 'legacy.free', compensates: held.command.operation });
    expect(freed!.command.at - held.command.at).toBeGreaterThanOrEqual(drainMs);
  });
});

describe('a command of whoever held the lock before', () => {
  it('is refused by its token, and nothing comes of it', async () => {
    bench.participants.behave('yard.paint', { silent: 'not-done' }, { key: 'j-1' });
    await bench.publish('yard.painting.wanted', { jobId: 'j-1', dock: 'A' });
    const old = await firstOf('yard.paint', 'j-1');
    await bench.publish('yard.painting.wanted', { jobId: 'j-2', dock: 'A' });
    expect(await bench.ended('j-2')).toMatchObject({ status: 'completed' });
    await bench.until('has lost the dock', 'j-1', ({ waitsFor }) =>
      waitsFor.some(({ block }) => block === 'painterIsBack'),
    );

    bench.participants.behave('yard.paint', { succeeded: {} }, { key: 'j-1' });
    await bench.participants.comeAgain(old);
    const [{ command: young }] = arrivals('j-2') as [Delivery];
    expect(young.locks!['dock/A']).toBeGreaterThan(old.command.locks!['dock/A']!);
    expect(await refusal('j-1')).toContain('paint was answered rejected (lock-lost); late');
    expect(bench.participants.done('j-1')).toEqual([]);
    expect(bench.participants.done('j-2')).toEqual(['yard.paint']);
    await bench.publish('yard.painter-back', { jobId: 'j-1' });
    expect(await bench.ended('j-1')).toMatchObject({ status: 'completed', incident: false });
  });
});
