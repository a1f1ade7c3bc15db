import { waitFor } from '#libs/messaging';
import { CommandFailedError, type CliContext } from './cli-context.js';

/**
 * Looks again every `everyMs`, and shows each look with the one before it, until Ctrl-C ends the process. What fails
 * at the first look fails; later it is told, and looked at again: a coordinator may be started anew meanwhile.
 */
export async function watch<Look>(
  context: CliContext,
  everyMs: number,
  look: () => Promise<Look>,
  show: (present: Look, former: Look | undefined) => void,
): Promise<never> {
  let former = await look();
  show(former, undefined);
  for (;;) {
    await waitFor(context.clock, everyMs);
    try {
      const present = await look();
      show(present, former);
      former = present;
    } catch (error) {
      if (!(error instanceof CommandFailedError)) throw error;
      context.warn(`skald: ${error.message}`);
    }
  }
}
