import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ORDER = `saga: order
version: 2
title: An order
owner: orders
key: input.id
steps:
  - step: print
    call: printer.print
    compensate: { none: paper is cheap }
  - step: charge
    call: payment.charge
    pivot: true
---
participant: payment
owner: money
commands: { charge: { opaque: a stored procedure, description: Takes the money } }
`;

/** Writes a saga with its contracts into a folder. */
export function writeOrder(folder: string, change: (text: string) => string = (text) => text): string {
  const file = join(folder, 'order.yaml');
  writeFileSync(file, change(ORDER));
  return file;
}
