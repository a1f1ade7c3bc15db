import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';

/** Sagas, participants and their owners: enough for every alert to be provoked. */
export const laundry = `saga: laundry
version: 1
owner: linen-desk
key: input.bagId
target: { share: 90%, within: 12s }
triggers: [{ event: shop.bag.given }]
steps:
  - step: wash
    call: machine.wash
    timeout: 4s
    retry: { attempts: 20, delay: 100ms, factor: 1 }
    compensate: machine.soil
  - task: checkStains
    if: input.isStained
    to: { role: desk }
    escalate: [{ after: 1d, to: { role: manager } }]
    answers: { clean: [] }
  - step: press
    call: iron.press
    timeout: 300ms
    retry: { attempts: 1 }
    compensate: { none: it is pressed }
    catch: { crumpled: compensate }
  - wait: cooling
    for: 2s
---
saga: labels
version: 1
key: input.bagId
triggers: [{ event: shop.bag.labelled }]
steps:
  - step: printLabel
    call: printer.print
    timeout: 20s
    retry: { attempts: 3, delay: 100ms }
    catch: { invalid: compensate }
---
participant: printer
owner: print-shop
commands:
  print:
    effect: none
    output: { type: object, properties: { pages: { type: integer } } }
limits: { concurrency: 1 }
---
participant: machine
commands: { wash: { undoneBy: machine.soil }, soil: {} }
---
participant: iron
commands: { press: { rejects: [crumpled] } }
---
participant: shop
owner: front-desk
events: { bag.given: {}, bag.labelled: {} }
`;

/** Minutes of the rules are seconds here, and their limits are as low as one small test can reach. */
const quicker: readonly (readonly [RegExp, string])[] = [
  [/> 4 \* 3600/, '> 4'],
  [/> 3600/, '> 4'],
  [/> 900\b/, '> 2'],
  [/> 120\b/, '> 1'],
  [/> 60\b/, '> 2'],
  [/> 20000/, '> 10'],
  [/> 20\b/, '> 2'],
  [/> 10\b/, '> 0'],
  [/\[1h\]|\[15m\]|\[10m\]|\[5m\]/g, '[20s]'],
  [/\[2m\]/g, '[6s]'],
];

interface Rules {
  readonly groups: { readonly rules: { alert: string; expr: string; for: string }[] }[];
}

/** The alert rules that are shipped, as YAML, in a hurry. */
export async function quickerRules(): Promise<string> {
  const rules = parse(await readFile('deploy/helm/skald/files/rules.yaml', 'utf8')) as Rules;
  for (const rule of rules.groups.flatMap((group) => group.rules)) {
    rule.for = '1s';
    for (const [slow, quick] of quicker) rule.expr = rule.expr.replace(slow, quick);
  }
  return stringify(rules);
}
