import type { BlockWords } from '../block-words.js';
import type { Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { CompiledTemplate } from '../expression/template.js';
import type { Place } from '../expression/place.js';
import type { StaticType } from '../expression/static-type.js';
import type { Expression } from '../scope-values.js';
import type { ClassedData } from './classed-data.js';
import type { CompiledDecision } from './compile-decision.js';
import type { Contracts } from './contracts.js';
import type { CompiledList } from './expressions.js';
import type { Compiled, Flow } from './flow.js';
import type { Inheritance } from './inheritance.js';
import type { OtherSaga } from './other-sagas.js';
import type { PeopleOf } from './people.js';
import type { SchemaFiles } from './schema-files.js';
import type { TimeoutPolicies } from './timeout-policies.js';

/** A fragment where it is included. */
export interface IncludedFragment {
  /** The block that includes it. */
  readonly cursor: Cursor;
  /** Stands in front of the names of its blocks. */
  readonly prefix: string;
  readonly params: { readonly type: StaticType; readonly step: string };
}

/** What a block can ask for while it is compiled. */
export interface BlockCompiler {
  readonly log: ProblemLog;
  readonly contracts: Contracts;
  readonly inheritance: Inheritance;
  readonly people: PeopleOf;
  /** What time-out policies mean. */
  readonly timeouts: TimeoutPolicies;
  /** Compiles a list of blocks to a `seq`. A missing list is an empty one. */
  readonly compileList: (list: Cursor | undefined, id: string, flow: Flow) => Compiled;
  /** What expressions can mention at a place, plus what only this key can. */
  readonly placeAt: (flow: Flow, extra?: Place['roots']) => Place;
  /** A bare expression for a list. */
  readonly list: (cursor: Cursor, place: Place) => CompiledList;
  /** A bare expression for a JSON value. */
  readonly value: (cursor: Cursor, place: Place) => Expression;
  readonly files: SchemaFiles;
  /** The fragment an `include` names; its blocks have the name of the include in front of theirs. */
  readonly fragmentAt: (include: Cursor, name: string) => Cursor | undefined;
  /** The compiler for the blocks of a fragment, whose expressions see less. */
  readonly inFragment: (fragment: IncludedFragment) => BlockCompiler;
  /** False in a fragment, which does not see the input of the saga. */
  readonly seesInput: boolean;
  /** The saga that a `saga` block runs, where it is known. */
  readonly sagaAt: (definition: Cursor, consequence?: string) => OtherSaga | undefined;
  /** The table a `decide` asks. */
  readonly decisionAt: (block: Cursor) => CompiledDecision | undefined;
  /** A bare expression that is true or false. */
  readonly condition: (cursor: Cursor, place: Place) => Expression<boolean>;
  /** A bare expression for a point in time, in milliseconds. */
  readonly instant: (cursor: Cursor, place: Place) => Expression<number>;
  /** A value in which `${ }` stands for expressions. */
  readonly template: (cursor: Cursor, place: Place) => CompiledTemplate;
  /** How data is classed, as far as is known; grows while blocks are compiled. */
  readonly classed: ClassedData;
  /** The words for blocks, and for what they wait for beside that, where a run is shown; grows while blocks are compiled. */
  readonly kinds: Map<string, string>;
  /** What is said of blocks for people; grows while blocks are compiled. */
  readonly words: Map<string, BlockWords>;
  /** The type of `input`. */
  readonly inputType: StaticType;
}
