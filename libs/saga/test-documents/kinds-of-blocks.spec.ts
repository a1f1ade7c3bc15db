import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';

const text = `saga: ship-order
version: 1
key: input.id
toggles: { routing: { default: true } }
requires: { depot: { fact: wms.depot, key: input.id } }
steps:
  - step: route
    call: router.route
    toggle: routing
    catch: { switched-off: { output: {} }, failed: { output: {} }, unknown: { output: {} }, invalid: { output: {} } }
  - task: look
    to: { role: clerk }
    show: { route: '\${ steps.route.output }' }
    answers: { agree: [], change: [] }
    escalate: [{ after: 1h, to: { role: clerk } }]
  - decide: carrier
    table: carriers
    with: { km: '\${ input.km }' }
  - lock: dock
    resource: dock/1
  - step: load
    call: wms.load
    requires: { stock: { fact: wms.stock, key: input.id } }
    compensate: wms.unload
    listen: [{ event: wms.stopped, raise: stopped }]
    catch: { stopped: { undo: false, do: [{ set: why, value: stopped }] } }
  - wait: rest
    for: 1h
  - include: tell
    fragment: notify
  - forEach: parcels
    in: input.parcels
    do: [{ saga: follow, definition: follow-parcel, compensate: wms.forget }]
---
saga: follow-parcel
version: 1
key: input.id
steps: [{ wait: arrival, event: wms.arrived }]
---
fragment: notify
version: 1
steps: [{ emit: news, event: shop.news, with: {} }]
---
decision: carriers
hit: first
version: 1
inputs: { km: { type: integer } }
rules: [{ rule: any, if: 'true', output: truck }]
---
participant: router
owner: ai-platform
kind: agent
clearance: [public]
commands: { route: { effect: none, allow: { of: data.way, values: [a] }, record: [data.way] } }
---
participant: wms
commands: { load: {}, unload: {}, forget: {} }
events: { wms.counted: { key: data.id }, wms.stopped: { key: data.id }, wms.arrived: { key: data.id } }
facts: { wms.stock: { from: wms.counted, key: data.id, lag: 0s }, wms.depot: { from: wms.counted, key: data.id, lag: 0s } }
`;

describe('the blocks of a program', () => {
  it('have a word each for what they are', () => {
    const { programs, problems } = compileDefinitions([{ file: 'ship.yaml', text }]);

    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(programs.find(({ definition }) => definition === 'ship-order')!.kinds).toEqual({
      'saga.depot': 'gate',
      route: 'agent',
      look: 'task',
      carrier: 'decision',
      dock: 'lock',
      load: 'command',
      'load.stock': 'gate',
      'load.listen1': 'listen',
      why: 'set',
      rest: 'wait',
      tell: 'include',
      'tell.news': 'emit',
      parcels: 'forEach',
      follow: 'saga',
      'follow.saga': 'saga',
    });
  });
});
