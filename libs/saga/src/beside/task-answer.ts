import { refusedByRuleText } from '../broken-rule.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { Instant, Json, JsonObject } from '../json.js';
import type { Decision, TaskAnswer, TaskAnswerInput, TaskRequest, TaskState } from './task.js';
import { objectionTo, type Objection } from './who-answers.js';

/** Fields that may come with every answer. */
const ALWAYS_WELCOME = ['reason', 'comment'];

/** Why an answer does not count, or `undefined` when it does. */
export function objectionToAnswer(input: TaskAnswerInput, state: TaskState): Objection | undefined {
  const { request } = state;
  const answer = Object.hasOwn(request.answers, input.answer) ? request.answers[input.answer] : undefined;
  if (answer === undefined)
    return {
      code: 'UNKNOWN_ANSWER',
      message: `"${input.answer}" is no answer to this.${suggestion(input.answer, Object.keys(request.answers))}`,
    };
  return (
    objectionToFields(input, answer) ??
    objectionToItems(input, state) ??
    objectionTo(input, state) ??
    objectionOfRule(input, request)
  );
}

/** What follows from it is not allowed: says by which rule, and what may be answered instead. */
function objectionOfRule(
  { answer, broken }: TaskAnswerInput,
  { answers }: TaskRequest,
): Objection | undefined {
  if (broken === undefined) return undefined;
  const others = Object.keys(answers).filter((name) => name !== answer);
  const may = others.length === 0 ? '' : `. Other answers: ${others.join(', ')}`;
  return { code: 'RULE_BROKEN', message: `${refusedByRuleText(broken)}${may}` };
}

/** The items that are not decided yet. */
export function openItems({ request, decisions }: TaskState): readonly string[] {
  return (request.items ?? []).map(({ key }) => key).filter((key) => !Object.hasOwn(decisions, key));
}

/** What the saga hears of one decision. */
export function outputOf({ answer, by, at, fields }: Decision): JsonObject {
  return { ...fields, answer, by, at: new Date(at).toISOString() };
}

/** What the saga hears when the last item is decided. */
export function itemsOutput(
  { items = [], answers }: TaskRequest,
  decisions: Readonly<Record<string, Decision>>,
  at: Instant,
): JsonObject {
  const accepted: Json[] = [];
  const rejected: Json[] = [];
  for (const { key, item } of items) {
    const decision = decisions[key]!;
    if (answers[decision.answer]?.item === 'rejected') rejected.push({ item, ...outputOf(decision) });
    else accepted.push(item);
  }
  return { accepted, rejected, at: new Date(at).toISOString() };
}

function objectionToFields(
  { answer: name, fields }: TaskAnswerInput,
  answer: TaskAnswer,
): Objection | undefined {
  const { needs = [] } = answer;
  const missing = needs.filter((field) => isEmpty(fields[field]));
  if (missing.length > 0) {
    const why =
      answer.adverse === true && missing.includes('reason') ? ', because it takes something away' : '';
    return { code: 'MISSING_FIELDS', message: `the answer "${name}" needs ${missing.join(', ')}${why}` };
  }
  const welcome = [...needs, ...ALWAYS_WELCOME];
  const unknown = Object.keys(fields).find((field) => !welcome.includes(field));
  if (unknown === undefined) return undefined;
  return {
    code: 'UNKNOWN_FIELDS',
    message: `the answer "${name}" has no field "${unknown}".${suggestion(unknown, welcome)}`,
  };
}

function objectionToItems({ items }: TaskAnswerInput, state: TaskState): Objection | undefined {
  const known = state.request.items?.map(({ key }) => key);
  if (known === undefined)
    return items === undefined
      ? undefined
      : { code: 'UNKNOWN_ITEM', message: 'this is decided as a whole; name no items' };
  if (items === undefined || items.length === 0)
    return {
      code: 'UNKNOWN_ITEM',
      message: `this is decided item by item; name some of ${openItems(state).join(', ')}`,
    };
  const unknown = items.find((item) => !known.includes(item));
  if (unknown !== undefined)
    return { code: 'UNKNOWN_ITEM', message: `there is no item "${unknown}".${suggestion(unknown, known)}` };
  const decided = items.find((item) => Object.hasOwn(state.decisions, item));
  if (decided === undefined) return undefined;
  const { by, answer, at } = state.decisions[decided]!;
  return {
    code: 'ITEM_DECIDED',
    message: `item "${decided}" was answered "${answer}" by ${by ?? 'silence'} at ${new Date(at).toISOString()}`,
  };
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
