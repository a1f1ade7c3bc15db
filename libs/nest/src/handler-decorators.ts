import { applyDecorators, UseFilters } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type { CommandOptions } from '#libs/participant';
import { KeepFailureFilter } from './keep-failure.filter.js';
import { PARTICIPANT_TRANSPORT, type HandlerExtras } from './participant-transport.js';

/**
 * Marks the method of a controller that carries out a command, or a compensation: `@CarriesOut('inventory.reserve')`.
 *
 * `@MessagePattern` with the same name does too, but a failure is then called `error` only: Nest hides what was thrown.
 */
export function CarriesOut(type: string, options: CommandOptions = {}): MethodDecorator {
  return handles(type, { kind: 'command', ...options });
}

/** Marks the method of a controller that answers a command without effect: called each time, nothing is remembered. */
export function Answers(type: string): MethodDecorator {
  return handles(type, { kind: 'query' });
}

function handles(type: string, extras: HandlerExtras): MethodDecorator {
  return applyDecorators(
    MessagePattern(type, PARTICIPANT_TRANSPORT, { ...extras }),
    UseFilters(new KeepFailureFilter()),
  );
}
