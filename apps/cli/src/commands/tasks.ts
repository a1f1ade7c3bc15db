import type { Command } from 'commander';
import { apiClient } from '../api-client.js';
import { actor } from '../cli-context.js';
import type { ShownTask, ShownTaskSummary } from '../shown-task.js';
import { taskPage, taskTable } from '../task-page.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { findTaskId } from './find-task.js';
import { rolesOf, rolesOption } from './task-roles.js';

interface TaskListOptions {
  readonly role?: string;
  readonly assignee?: string;
  readonly saga?: string;
  readonly key?: string;
  readonly definition?: string;
  readonly overdue?: boolean;
  readonly olderThan?: string;
  readonly limit: string;
}

interface Listed {
  readonly tasks: readonly ShownTaskSummary[];
  readonly more: boolean;
}

interface Outage {
  readonly tasks: number;
  readonly from: string;
  readonly to?: string;
}

/** `skald tasks`, `skald tasks outage` and `skald task`: what people are asked. */
export const taskCommands: CommandSetup = (program, context) => {
  const tasks = program
    .command('tasks')
    .description('list what people are asked, the oldest first')
    .option('--role <role>', 'only what was put to this role')
    .option('--assignee <person>', 'only what was put to this person by name, or what they claimed')
    .option('--saga <id>', 'only those of this saga, those that are over too')
    .option('-k, --key <key>', 'only those of sagas with this business key')
    .option('-d, --definition <name>', 'only those of this definition')
    .option('--overdue', 'only those that should have been answered by now')
    .option('--older-than <duration>', 'only those that have waited this long, such as 30m, 4h or 2d')
    .option('-n, --limit <count>', 'at most this many (1 to 500)', '50')
    .action(async (options: TaskListOptions, command: Command) => {
      const { overdue, ...query } = options;
      const filter = { ...query, ...(overdue === true ? { overdue: 'true' } : {}) };
      const { body } = await apiClient(context.env).get('/tasks', filter);
      const listed = body as unknown as Listed;
      printResult(context, outputOf(command), listed, () => listText(listed, context.clock.now()));
    });
  tasks
    .command('outage')
    .description('let the clocks of all open tasks stand still, because nobody could answer')
    .option('--from <time>', 'since when, such as 2026-03-01T12:00:00Z (default: now)')
    .option('--to <time>', 'until when; without it, until this is said again with it')
    .action(async (options: { readonly from?: string; readonly to?: string }, command: Command) => {
      const { body } = await apiClient(context.env).post('/tasks/outages', { ...options });
      const outage = body as unknown as Outage;
      printResult(context, outputOf(command), outage, () => outageText(outage));
    });
  program
    .command('task')
    .description('show what is to be decided, who was asked, until when, and how to answer')
    .argument('<task>', 'id of a task, or the business key of a saga with one open task')
    .addOption(rolesOption())
    .action(async (target: string, options: { readonly roles?: string }, command: Command) => {
      const client = apiClient(context.env);
      const id = await findTaskId(client, target);
      const looking = { by: actor(context), roles: rolesOf(options, context).join(',') };
      const { body } = await client.get(`/tasks/${id}`, looking);
      const task = body as unknown as ShownTask;
      printResult(context, outputOf(command), task, () => taskPage(task, context.clock.now()));
    });
};

function listText({ tasks, more }: Listed, now: number): string {
  if (tasks.length === 0) return 'no task';
  return taskTable(tasks, now) + (more ? '\n\nthere are more: raise --limit, or ask for fewer' : '');
}

function outageText({ tasks, from, to }: Outage): string {
  const count = tasks === 1 ? '1 task' : `${tasks} tasks`;
  return to === undefined
    ? `${count} stand still since ${from}; say it again with --to when people are back`
    : `the clocks of ${count} stood still from ${from} to ${to}`;
}
