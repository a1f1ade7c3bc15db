import type { Json } from '../json.js';
import type { BlockList, BlockOptions, DataTemplate, DurationText } from './block-options.js';

/** Whom a task is put to. */
export interface To {
  readonly role?: string;
  readonly authority?: number | `\${${string}}`;
  readonly candidates?: readonly string[] | `\${${string}}`;
}

/** One of the answers a task can have; a list of blocks means its `do`. */
export type AnswerOptions =
  | BlockList
  | {
      readonly adverse?: boolean;
      readonly needs?: readonly string[];
      readonly item?: 'accepted' | 'rejected';
      readonly do?: BlockList;
    };

/** What `defaults.task` may say. */
export interface TaskDefaults {
  readonly to?: To;
  readonly remind?: DurationText | { readonly after: DurationText; readonly every?: DurationText };
  readonly escalate?: readonly { readonly after: DurationText; readonly to: To }[];
  readonly calendar?: string;
  readonly due?: DurationText;
}

/** What a task says. */
export interface TaskOptions extends BlockOptions, TaskDefaults {
  readonly mode?: 'approve' | 'veto' | 'inform';
  readonly show?: DataTemplate;
  readonly answers?: Readonly<Record<string, AnswerOptions>>;
  readonly window?: DurationText;
  readonly atEnd?: string;
  readonly adverseOnSilence?: string;
  readonly items?: string;
  readonly as?: string;
  readonly key?: string;
  readonly notBy?: readonly string[] | `\${${string}}`;
}

/** A task as data. */
export function taskData({ answers, ...own }: TaskOptions): BlockOptions & object {
  if (answers === undefined) return own;
  const entries = Object.entries(answers).map(([name, answer]) => [name, answerData(answer)] as const);
  const data: BlockOptions & { readonly answers: Readonly<Record<string, Json>> } = {
    ...own,
    answers: Object.fromEntries(entries),
  };
  return data;
}

function answerData(answer: AnswerOptions): Json {
  if ('toBlocks' in answer) return answer.toBlocks();
  const { do: list, ...own } = answer;
  return list === undefined ? own : { ...own, do: list.toBlocks() };
}
