import { describe, expect, it } from '@jest/globals';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'an event that two participants declare',
    text: `participant: shop
events: { shop.order.placed: { key: data.orderId } }
---
participant: billing
events: { shop.order.placed: { key: data.customerId } }
`,
    says: [
      '5:30: error: The event "shop.order.placed" is declared by "shop" already. An event has one owner: leave it to one of them.',
    ],
  },
  {
    name: 'a status that means nothing known',
    text: `participant: identity
http: { base: https://identity.example }
commands:
  check: { http: POST /checks, statuses: { '404': person-not-fund }, rejects: [person-not-found] }
`,
    says: [
      '4:51: error: Status 404 means "person-not-fund", which is neither an outcome (succeeded, accepted, failed, permanent) nor one of `rejects`. Did you mean "person-not-found"?',
    ],
  },
  {
    name: 'an HTTP command of a participant without an address',
    text: 'participant: identity\ncommands: { check: { http: POST /checks } }\n',
    says: [
      '2:22: error: Participant "identity" does not say where it is. Write `http: { base: https://... }` for it.',
    ],
  },
  {
    name: 'an HTTP participant with a command that does not say how',
    text: 'participant: identity\nhttp: { base: https://identity.example }\ncommands: { check: {} }\n',
    says: [
      '3:13: error: Participant "identity" is called over HTTP, and "identity.check" does not say how. Write `http: POST /...`.',
    ],
  },
  {
    name: 'a path by a field that is not sent',
    text: `participant: identity
http: { base: https://identity.example }
commands:
  check:
    http: GET /people/{personid}
    input: { type: object, properties: { personId: { type: string } } }
`,
    says: [
      '5:11: error: The path needs "personid", and the input of the command does not name it. Did you mean "personId"?',
    ],
  },
  {
    name: 'a secret that is written out',
    text: 'participant: identity\nhttp: { base: https://identity.example, auth: hunter2 }\n',
    says: [
      '2:47: error: Expected the name of a secret such as secret:identity-token, and this is "hunter2".',
    ],
  },
  {
    name: 'a method in small letters',
    text: 'participant: identity\nhttp: { base: https://identity.example }\ncommands: { check: { http: post /checks } }\n',
    says: ['3:28: error: Expected a method and a path such as POST /v1/orders, and this is "post /checks".'],
  },
  {
    name: 'a rate without a unit',
    text: 'participant: identity\nlimits: { rate: 30 }\n',
    says: ['2:17: error: Expected a rate such as 30/s, and this is 30.'],
  },
  {
    name: 'a breaker that never tries again',
    text: 'participant: identity\nlimits: { breaker: { failures: 50%, of: 40 } }\n',
    says: ['2:20: error: `probe` is missing: such as 10s.'],
  },
  {
    name: 'a fact from an event nobody publishes',
    text: `participant: wms
events: { wms.wave-opened: { key: data.warehouseId } }
facts: { wms.current-wave: { from: wms.wave-open, key: data.warehouseId } }
`,
    says: [
      '3:36: error: No participant publishes the event "wms.wave-open". Did you mean "wms.wave-opened"?',
    ],
  },
  {
    name: 'a key of an event that its schema does not have',
    text: `participant: wms
events:
  wms.scanned:
    key: data.palet
    schema: { type: object, properties: { pallet: { type: string } }, additionalProperties: false }
`,
    says: ['4:10: error: Data has no field "palet". Did you mean "pallet"?'],
  },
  {
    name: 'an answering event with an output from elsewhere',
    text: `participant: oms
commands: { cancel: { answeredBy: { event: oms.exported, output: '\${ input.orderId }' } } }
`,
    says: ['2:70: error: There is no "input" here. Known here: data, event, self.'],
  },
  {
    name: 'an as-of time that is no time',
    text: `participant: identity
commands:
  check:
    asOf: data.score
    output: { type: object, properties: { score: { type: object, properties: {} } } }
`,
    says: [
      "4:11: error: An instant is needed here, and this is a map. Write timestamp('2026-03-01T12:00:00Z') or now + duration('1h').",
    ],
  },
  {
    name: 'an agent without bounds',
    text: 'participant: claims-agent\nkind: agent\ncommands: { triage: { effect: none } }\n',
    says: [
      '1:14: error: Agent "claims-agent" has no `owner`: say who answers for what it decides.',
      '1:14: error: Agent "claims-agent" has no `clearance`: say which classes of fields it may see.',
      '3:13: error: Agent "claims-agent" may answer "triage" in any way. Say its bounds: `allow: { of: data.action, values: [...] }`.',
      '3:13: error: Say what of the answer to "triage" is kept for review: `record: [data.modelVersion, data.confidence]`.',
    ],
  },
  {
    name: 'bounds that allow nothing',
    text: 'participant: a\ncommands: { triage: { allow: { of: data.action, values: [] } } }\n',
    says: ['2:57: error: No value is allowed. Name at least one.'],
  },
  {
    name: 'a rule about what is not there',
    text: `participant: a
commands:
  pay:
    input: { type: object, additionalProperties: false, properties: { amount: { type: number } } }
    rules: { known: data.amuont < 5 }
`,
    says: ['5:21: error: Data has no field "amuont". Did you mean "amount"?'],
  },
  {
    name: 'a rule that says only why',
    text: 'participant: a\ncommands: { pay: { rules: { small: { because: it is so } } } }\n',
    says: ['2:36: error: `holds` is missing: what has to be true, such as data.amount <= 10000.'],
  },
  {
    name: 'a usage of another name than can be summed',
    text: 'participant: a\ncommands: { triage: { usage: { Tokens: data.used } } }\n',
    says: [
      '2:40: error: A name is written in kebab-case such as out-of-stock: "Tokens" is not. Write "tokens".',
    ],
  },
  {
    name: 'a usage that the answer does not hold',
    text: 'participant: a\ncommands:\n  triage:\n    usage: { tokens: data.used }\n    output: { type: object, additionalProperties: false, properties: { uses: { type: number } } }\n',
    says: ['4:22: error: Data has no field "used". Did you mean "uses"?'],
  },
  {
    name: 'a calendar in a zone that does not exist',
    text: "namespace: shop\ncalendars: { office: { zone: Europe/Berlyn, open: { mon-fri: ['09:00-17:00'] } } }\n",
    says: ['2:30: error: There is no time zone "Europe/Berlyn". Write one such as Europe/Berlin or UTC.'],
  },
  {
    name: 'a calendar that closes before it opens',
    text: "namespace: shop\ncalendars: { office: { zone: UTC, open: { mon: ['17:00-09:00'] } } }\n",
    says: ['2:49: error: Hours begin before they end, between 00:00 and 24:00, such as 09:00-17:00.'],
  },
  {
    name: 'a day with hours said twice',
    text: "namespace: shop\ncalendars: { office: { zone: UTC, open: { mon-fri: ['09:00-17:00'], fri: ['09:00-12:00'] } } }\n",
    says: ['2:69: error: "fri" stands in "mon-fri" already. Say its hours once.'],
  },
  {
    name: 'a calendar that is never open',
    text: 'namespace: shop\ncalendars: { office: { zone: UTC, open: {} } }\n',
    says: ['2:41: error: This calendar is never open. Give at least one day its hours.'],
  },
  {
    name: 'holidays in a file that is not there',
    text: "namespace: shop\ncalendars: { office: { zone: UTC, open: { mon: ['09:00-17:00'] }, closed: holidays.ics } }\n",
    says: ['2:75: error: The file "holidays.ics" was not found.'],
  },
  {
    name: 'a refusal called like an error of the engine',
    text: 'participant: bank\ncommands: { pay: { rejects: [closed, failed] } }\n',
    says: [
      '2:38: error: "failed" is an error that Skald raises itself, so no participant answers it. Choose another name.',
    ],
  },
  {
    name: 'a question that changes something',
    text: 'participant: bank\ncommands: { pay: { verify: bank.pay-again }, pay-again: {} }\n',
    says: [
      '2:28: error: "bank.pay-again" has an effect, so asking it is no question. Name a command with `effect: none`.',
    ],
  },
  {
    name: 'an undo that changes nothing',
    text: 'participant: bank\ncommands: { pay: { undoneBy: bank.look }, look: { effect: none } }\n',
    says: ['2:30: error: "bank.look" has no effect, so it undoes nothing. Name the command that does.'],
  },
  {
    name: 'a query that is undone',
    text: 'participant: bank\ncommands: { look: { effect: none, undoneBy: bank.pay }, pay: {} }\n',
    says: ['2:35: error: "bank.look" has no effect, so there is nothing to undo. Leave `undoneBy` out.'],
  },
  {
    name: 'a role without authority',
    text: 'namespace: shop\nroles: { clerk: {} }\n',
    says: ['2:17: error: `authority` is missing: a number; more is higher.'],
  },
];

describe('a contract or a namespace with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
