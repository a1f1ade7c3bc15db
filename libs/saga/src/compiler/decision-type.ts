import { isWeighing, type WeighingTable } from '../decision/weigh.js';
import { ANY, NUMBER, STRING, type RecordType, type StaticType } from '../expression/static-type.js';
import type { CompiledDecision } from './compile-decision.js';

/** What is known of the output of a block that asks a table once, or about each item of a list. */
export function decisionType(decision: CompiledDecision | undefined, isOver: boolean): StaticType {
  if (decision !== undefined && isWeighing(decision.table)) return weighedType(decision.table, isOver);
  if (isOver) return OVER;
  if (decision === undefined) return ANY;
  return decision.table.hit === 'collect' ? { kind: 'list', of: decision.output } : decision.output;
}

const OVER = recordOf('the output', { passed: judged(), refused: judged() });

function judged(): StaticType {
  return listOf(recordOf('an item', { item: ANY, rules: listOf(STRING) }));
}

function weighedType({ objectives }: WeighingTable, isOver: boolean): StaticType {
  const fields = {
    scores: recordOf('the map of scores', Object.fromEntries(objectives.map(({ name }) => [name, NUMBER]))),
    below: listOf(withReason('an objective', { objective: STRING, score: NUMBER, atLeast: NUMBER })),
    breaks: listOf(withReason('a preference', { preference: STRING })),
  };
  if (!isOver) return recordOf('the output', fields);
  return recordOf('the output', {
    conflicts: listOf(listOf(STRING)),
    proposals: listOf(recordOf('a proposal', { item: ANY, ...fields, bestFor: listOf(STRING) })),
  });
}

function withReason(title: string, fields: RecordType['fields']): StaticType {
  return { ...recordOf(title, { ...fields, because: STRING }), nullable: ['because'] };
}

function recordOf(title: string, fields: RecordType['fields']): RecordType {
  return { kind: 'record', title, open: false, fields };
}

function listOf(of: StaticType): StaticType {
  return { kind: 'list', of };
}
