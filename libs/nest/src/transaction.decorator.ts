import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { CommandContext } from '#libs/participant';

/** The transaction that the kit commits together with its memory of the operation, as a parameter of a handler. */
export const Transaction = createParamDecorator<undefined>(
  (_, host: ExecutionContext): unknown =>
    host.switchToRpc().getContext<CommandContext<unknown>>().transaction,
);
