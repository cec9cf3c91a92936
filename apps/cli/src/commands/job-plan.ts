import type { JsonObject } from '@oakring/contracts';
import type { Command } from 'commander';
import type { Job, Outlook } from '../client/documents.js';
import { ManagerError } from '../client/manager-error.js';
import type { Planned } from '../client/manager-client.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderDryRun } from '../render/jobs.js';
import { isIdle, renderOutlook } from '../render/outlook.js';
import { contextOf, lookOf, show, warn, type Context, type Surroundings } from './context.js';
import { jobDocument } from './job-document.js';
import { askedOf, located, type WrittenJob } from './job-file.js';
import { wholeNumber } from './options.js';

interface PlanOptions {
  readonly file: string;
  readonly strict?: boolean;
}

/** Of `job run` and `job update`: the order is given only if the job is what it was planned on. */
export interface PlannedOptions {
  readonly atPosition?: number;
  readonly ifRevision?: number;
}

export const atPositionOption = [
  '--at-position <n>',
  'apply what was planned at this position: refused if the job was changed since',
  wholeNumber,
] as const;
export const ifRevisionOption = [
  '--if-revision <n>',
  'only if the job is of this revision',
  wholeNumber,
] as const;

export function plannedBy({ atPosition, ifRevision }: PlannedOptions): Planned {
  return {
    ...(atPosition === undefined ? {} : { atPosition }),
    ...(ifRevision === undefined ? {} : { ifRevision }),
  };
}

export function addJobPlan(job: Command, surroundings: Surroundings): void {
  job
    .command('plan')
    .description('what a job file would change, and where it would go; writes nothing')
    .requiredOption('-f, --file <path>', 'job document (JSON or YAML); "-" for standard input')
    .option('--strict', 'fail where something of the document would not be used')
    .addHelpText(
      'after',
      `
Ends with 0 where nothing would change, 1 where something would, 2 where it cannot be told.
It says how to apply exactly that plan: who does is refused if the job was changed meanwhile.

Example:
  oakring job plan -f job.yaml`,
    )
    .action(async (options: PlanOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      if (await isChanged(context, options)) {
        throw new CommandFailure('Nothing of it is done yet.', exitCodes.refused);
      }
    });
}

/** What cannot be told is no change: scripts tell the two apart by how it ends. */
async function isChanged(context: Context, options: PlanOptions): Promise<boolean> {
  try {
    return await plan(context, options);
  } catch (error) {
    if (error instanceof CommandFailure) throw new CommandFailure(error.message, exitCodes.usage);
    if (!(error instanceof ManagerError)) throw error;
    const remedy = error.problem === null ? '' : ` ${error.problem.remedy}`;
    throw new CommandFailure(`${error.message}${remedy}`, exitCodes.usage);
  }
}

async function plan(context: Context, { file, strict }: PlanOptions): Promise<boolean> {
  const { client, terminal } = context;
  const { colors } = terminal;
  const input = () => terminal.input();
  const written = await jobDocument({ image: undefined, cmd: [], options: { file }, input });
  const { document } = written;
  const known = await knownJob(context, document);
  if (known === null) {
    const dry = await askedOf(written, client.planJob(document, strict));
    await tellWarnings(context, written, dry);
    show(context, dry, (shown) =>
      [
        renderDryRun(shown, lookOf(context)),
        '',
        `The job is new. Apply exactly this: oakring job run -f ${file} --at-position ${shown.position}`,
      ].join('\n'),
    );
    return true;
  }
  const outlook = await askedOf(written, client.outlookOfUpdate(known.id, document, strict));
  await tellWarnings(context, written, outlook);
  show(context, outlook, (shown) =>
    planText(shown, known.id, { file, text: renderOutlook(shown, colors) }),
  );
  return !isIdle(outlook);
}

function planText(
  outlook: Outlook,
  id: string,
  { file, text }: { readonly file: string; readonly text: string },
): string {
  if (isIdle(outlook)) return text;
  const order = `oakring job update ${id} -f ${file} --at-position ${outlook.position}`;
  return `${text}\n\nApply exactly this: ${order}`;
}

async function tellWarnings(
  context: Context,
  written: WrittenJob,
  { warnings = [] }: Pick<Outlook, 'warnings'>,
): Promise<void> {
  warn(context, { warnings: await located(written, warnings) });
}

/** The job that a document names; null: it names none, or one that is not there. */
async function knownJob({ client }: Context, { id }: JsonObject, at?: number): Promise<Job | null> {
  if (id === undefined || id === null) return null;
  try {
    return await client.job(String(id), at === undefined ? undefined : String(at));
  } catch (error) {
    if (error instanceof ManagerError && error.problem?.code === 'job-unknown') return null;
    throw error;
  }
}

/**
 * The id of the job that a planned document is to change; null: it is to be submitted as a new one. Refused where
 * the plan saw a job that is gone, or is of a revision of one that is not there.
 */
export async function plannedTarget(
  context: Context,
  document: JsonObject,
  { atPosition, ifRevision }: PlannedOptions,
): Promise<string | null> {
  if (atPosition === undefined && ifRevision === undefined) return null;
  const known = await knownJob(context, document);
  if (known !== null) return known.id;
  const was = atPosition === undefined ? null : await knownJob(context, document, atPosition);
  if (was === null && ifRevision === undefined) return null;
  const detail = `Job ${String(document['id'])} is not there any more: plan it again.`;
  throw new CommandFailure(detail, exitCodes.refused);
}
