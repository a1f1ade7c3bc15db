import { spawn } from 'node:child_process';
import { processIdentity } from './process-table.js';
import { waitUntil } from './wait-until.js';

/**
 * Waits for the end of its standard input, which is the end of its parent whatever killed it, and ends
 * every process written down in the run folder. The line `keep` sends it home instead. A shell, because
 * it must be small, must not depend on compiled files, and must not share the fate of its parent.
 */
const SCRIPT = `
trap '' INT TERM HUP
read -r word
[ "$word" = keep ] && exit 0
cd "$1" || exit 0
each() { for file in *.pid; do [ "$file" = owner.pid ] && continue; [ -f "$file" ] && read -r pid signal rest < "$file" && "$1"; done; }
ask() { kill -s "$signal" "$pid" && kill -s CONT "$pid"; }
end() { kill -s KILL "$pid"; }
look() { kill -0 "$pid" && alive=yes; }
each ask 2>/dev/null
tries=0
while [ $tries -lt 50 ]; do
  alive=no
  each look 2>/dev/null
  [ $alive = no ] && break
  tries=$((tries + 1))
  sleep 0.2
done
[ $alive = yes ] && each end 2>/dev/null
[ -f on-end.sh ] && sh ./on-end.sh >/dev/null 2>&1
rm -f -- *.pid on-end.sh
`;

/** The command line of the guard of a run folder; exported so that a test can run it below a parent of its own. */
export function guardCommand(runFolder: string): readonly [string, ...string[]] {
  return ['/bin/sh', '-c', SCRIPT, 'skald-guard', runFolder];
}

/** A running guard. */
export interface Guard {
  readonly pid: number | undefined;
  /** Sends the guard home without ending anything. */
  dismiss(): void;
  /** Lets the guard look once more and leave: what is still written down is ended. Resolves when it is gone. */
  release(): Promise<void>;
}

/** Starts the guard of a run folder. It outlives a Ctrl-C, which reaches the whole foreground group. */
export function startGuard(runFolder: string): Guard {
  const [shell, ...args] = guardCommand(runFolder);
  const child = spawn(shell, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  const { stdin } = child;
  // The pipe is a socket for Node; without this it alone would keep the caller's process alive.
  (stdin as typeof stdin & { unref?: () => void }).unref?.();
  stdin.on('error', () => undefined);
  return {
    pid: child.pid,
    dismiss: () => stdin.end('keep\n'),
    release: async () => {
      stdin.end();
      const { pid } = child;
      if (pid === undefined) return;
      await waitUntil(
        { what: 'end of the guard', timeoutMs: 90_000, everyMs: 10 },
        () => processIdentity(pid) === undefined,
      );
    },
  };
}
