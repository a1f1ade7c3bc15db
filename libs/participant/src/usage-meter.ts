import { usageText, type Usage } from '#libs/messaging';
import type { StoredAnswer } from './stored-answer.js';

/** Adds up what handlers say that they use up, by command, until that is answered. */
export class UsageMeter<Command extends object> {
  private readonly amounts = new WeakMap<Command, Map<string, number>>();

  /** A command that is carried out again, because its batch was rolled back, has used up both. */
  add(command: Command, used: Usage): void {
    const amounts = this.amounts.get(command) ?? new Map<string, number>();
    for (const [name, value] of Object.entries(used)) amounts.set(name, (amounts.get(name) ?? 0) + value);
    this.amounts.set(command, amounts);
  }

  /** The answer with what was used up for it. */
  told(command: Command, answer: StoredAnswer): StoredAnswer {
    const amounts = this.amounts.get(command);
    return amounts === undefined ? answer : { ...answer, usage: usageText(Object.fromEntries(amounts)) };
  }
}
