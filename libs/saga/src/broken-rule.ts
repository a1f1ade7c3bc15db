import type { Json } from './json.js';

/** A rule about a command that its data breaks, whoever proposed it. It was not sent. */
export interface BrokenRule {
  readonly call: string;
  /** Its name; `input` for the schema of the data, `clearance` for what its participant must not see. */
  readonly rule: string;
  /** Where it is written: `payment.yaml:7`. */
  readonly place: string;
  /** What is wrong: the condition that has to hold, or what the schema says. */
  readonly problem: string;
  /** What the data says of it, by path. What is classed is covered, what is long is cut. */
  readonly values: Readonly<Record<string, Json>>;
  readonly because?: string;
  /** What would be allowed, in the words of the rule. */
  readonly instead?: string;
}

/** Who brought what was proposed: a person, an agent or another participant, or what else moved the saga. */
export interface Proposer {
  readonly kind: 'person' | 'agent' | 'participant' | 'other';
  readonly name: string;
}

/** What may not be sent by which rule, and why; without values, as failures and incidents tell it. */
export function brokenRuleText({ call, rule, place, problem, because }: BrokenRule): string {
  const why = because === undefined ? '' : `: ${because}`;
  return `${call} is not sent, by its rule "${rule}" (${place})${why}; ${problem}`;
}

/** As {@link brokenRuleText}, for whoever proposed it: with the values, and what is allowed instead. */
export function refusedByRuleText(broken: BrokenRule): string {
  const { values, instead } = broken;
  const given = Object.entries(values).map(([path, value]) => `${path} is ${JSON.stringify(value)}`);
  const is = given.length === 0 ? '' : `, and ${given.join(', ')}`;
  return `${brokenRuleText(broken)}${is}${instead === undefined ? '' : `. Allowed: ${instead}`}`;
}
