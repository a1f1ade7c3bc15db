import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';

/** A document with a mistake, and what its author is told. */
export interface WrongDocument {
  readonly name: string;
  readonly text: string;
  /** Are the contracts below known? */
  readonly contracts?: boolean;
  readonly says: readonly string[];
}

const CONTRACTS = `participant: inventory
commands:
  reserve:
    rejects: [out-of-stock]
    undoneBy: inventory.release
    verify: inventory.reservation
    output: { type: object, properties: { reservationId: { type: string } }, additionalProperties: false }
  release: {}
  reservation: { effect: none, output: { type: object, properties: { found: { type: boolean } } } }
  count: { effect: none, rejects: [unknown-article] }
  note: {}
  adjust: { input: { required: [sku, amount], properties: { sku: {}, amount: {} }, additionalProperties: false } }
events:
  inventory.stock-counted:
    key: data.sku
    schema: { type: object, properties: { sku: { type: string }, count: { type: integer } }, additionalProperties: false }
  inventory.stock-moved: {}
---
participant: payment
commands:
  charge: { rejects: [card-declined], undoneBy: payment.refund }
  refund: { rejects: [closed-card] }
`;

/** The errors of a document, in the way compilers write them. */
export function errorsOf({ text, contracts }: WrongDocument): readonly string[] {
  const known = contracts === true ? [{ file: 'contracts.yaml', text: CONTRACTS }] : [];
  const { problems } = compileDefinitions([...known, { file: 'wrong.yaml', text }]);
  return problems
    .filter(({ severity }) => severity === 'error')
    .map((problem) => formatProblem(problem).replace(/^wrong\.yaml:/, ''));
}

/** A saga with these blocks. */
export function sagaOf(steps: string): string {
  return `${SAGA}steps:\n${steps}\n`;
}

/** The first lines of a saga that is otherwise in order. */
export const SAGA = 'saga: order\nversion: 1\nkey: input.orderId\n';
