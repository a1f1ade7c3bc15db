import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { childrenOf } from '../src/compiler/node-walk.js';
import type { Node } from '../src/node.js';
import { resolveSettings } from '../src/resolved/resolve-settings.js';

const SHARED = `namespace: shop
defaults:
  wait: { timeout: 2d }
  forEach: { concurrency: 5 }
  repeat: { every: 1m }
`;
const TRIP = `saga: trip
version: 1
key: input.tripId
defaults: { wait: { early: 10m } }
steps:
  - wait: pause
    for: 4d
  - wait: paid
    event: shop.paid
  - wait: shipped
    event: shop.shipped
    timeout: 5d
  - forEach: tell
    in: input.people
    do: [{ step: mail, call: mail.send, compensate: { none: it stays sent } }]
  - repeat: ask
    until: steps.status.output.ready
    max: 3
    do: [{ step: status, call: shop.status, compensate: { none: it only asks } }]
`;
const sources = [
  { file: 'shared.yaml', text: SHARED },
  { file: 'trip.yaml', text: TRIP },
];
const { programs, problems } = compileDefinitions(sources);
const all = nodes(programs[0]!.root);

function nodes(node: Node): readonly Node[] {
  return [node, ...childrenOf(node).flatMap(nodes)];
}

function limitOf(block: string): readonly number[] {
  return all.flatMap((node) => (node.kind === 'scope' && node.block === block ? (node.timeoutMs ?? []) : []));
}

describe('defaults for blocks of a kind', () => {
  it('are accepted', () => {
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('limit a wait for an event, unless it says otherwise', () => {
    expect([limitOf('paid'), limitOf('shipped')]).toEqual([[2 * 86_400_000], [5 * 86_400_000]]);
  });

  it('leave a wait for time alone', () => {
    expect(limitOf('pause')).toEqual([]);
  });

  it('add up: the nearest one counts for each key', () => {
    expect(all).toContainEqual(
      expect.objectContaining({ block: 'paid', channel: 'event', earlyMs: 600_000 }),
    );
  });

  it('reach loops', () => {
    expect(all).toContainEqual(
      expect.objectContaining({ kind: 'par', items: expect.objectContaining({ concurrency: 5 }) }),
    );
    expect(all).toContainEqual(
      expect.objectContaining({ channel: 'time', block: 'ask', wait: { forMs: 60_000 } }),
    );
  });

  it('are named as the origin of what they say', () => {
    const values = resolveSettings(sources)[0]!.values.filter(
      ({ block, key }) => block === 'paid' && key !== 'wait',
    );

    expect(values.map(({ key, value, from, origin }) => [key, value, from, origin])).toEqual([
      ['event', 'shop.paid', 'block', 'trip.yaml:9'],
      ['timeout', '2d', 'defaults of namespace shop', 'shared.yaml:3'],
      ['early', '10m', 'defaults of saga', 'trip.yaml:4'],
    ]);
  });
});
