import { documentChanges, type JsonObject } from '@oakring/contracts';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import type { Job, Revision } from '../client/documents.js';
import { renderDifference, renderRevisions } from '../render/revisions.js';
import { contextOf, show, type Context, type Surroundings } from './context.js';
import { fileDocument } from './job-document.js';
import { settled, type WaitOptions } from './job-update.js';
import { seconds, wholeNumber } from './options.js';
import { onJob } from './selection.js';
import { defaultPatienceSeconds } from './wait.js';

const pageItems = 100;

export function addJobRevisions(job: Command, surroundings: Surroundings): void {
  addHistory(job, surroundings);
  addDiff(job, surroundings);
  addRollback(job, surroundings);
}

function addHistory(job: Command, surroundings: Surroundings): void {
  job
    .command('history <job>')
    .description('the revisions of a job: when, by whom, what changed, what became of each')
    .addHelpText('after', '\nExample:\n  oakring job history web')
    .action(async (named: string, _options: unknown, command: Command) => {
      const context = contextOf(surroundings, command);
      const items = await everyRevision(context, named);
      show(context, { items }, (shown) => renderRevisions(shown.items, context.terminal.colors));
    });
}

async function everyRevision({ client }: Context, named: string): Promise<Revision[]> {
  const items: Revision[] = [];
  const first = await onJob(client, named, 'look', (id) =>
    client.revisions(id, { limit: pageItems }),
  );
  const { id } = first;
  let page = first.answer;
  for (;;) {
    items.push(...page.items);
    if (page.next === undefined) return items;
    page = await client.revisions(id, { limit: pageItems, cursor: Number(page.next) });
  }
}

function addDiff(job: Command, surroundings: Surroundings): void {
  job
    .command('diff')
    .description('what differs between two revisions of a job, or between it and a file')
    .argument('<job>', 'its id or name')
    .argument('[revisions...]', 'from and to (default: the one before, and the one now)', numbers)
    .option('-f, --file <path>', 'against this job document instead; "-" for standard input')
    .addHelpText(
      'after',
      `
Examples:
  oakring job diff web
  oakring job diff web 3 5
  oakring job diff web -f job.json`,
    )
    .action(
      async (
        named: string,
        given: number[] | undefined,
        { file }: DiffOptions,
        command: Command,
      ) => {
        const context = contextOf(surroundings, command);
        const { client } = context;
        const [from, to, ...more] = given ?? [];
        if (more.length > 0 || (file !== undefined && to !== undefined)) {
          const detail = 'Name two revisions at most, or one and a file (-f).';
          throw new CommandFailure(detail, exitCodes.usage);
        }
        const { id, answer: job } = await onJob(client, named, 'look', (known) =>
          client.job(known),
        );
        const compared =
          file === undefined
            ? await twoRevisions(context, job, { from, to })
            : await revisionAndFile(context, job, { from, file });
        const changes = documentChanges(compared.from.document, compared.to.document);
        const difference = { id, from: compared.from.name, to: compared.to.name, changes };
        show(context, difference, (shown) => renderDifference(shown, context.terminal.colors));
      },
    );
}

interface DiffOptions {
  readonly file?: string;
}

function numbers(text: string, before: readonly number[] = []): number[] {
  return [...before, wholeNumber(text)];
}

interface Side {
  readonly name: string;
  readonly document: JsonObject;
}

async function twoRevisions(
  { client }: Context,
  { id, revision: newest }: Job,
  given: { readonly from: number | undefined; readonly to: number | undefined },
): Promise<{ from: Side; to: Side }> {
  const to = given.to ?? newest;
  const from = given.from ?? to - 1;
  if (from === 0) {
    const detail = `Job ${id} has no revision before ${to}: nothing was changed yet.`;
    throw new CommandFailure(detail, exitCodes.refused);
  }
  const sideOf = async (revision: number): Promise<Side> => {
    // How many are to run is no part of a revision.
    const { count: _count, ...document } = (await client.revision(id, revision)).document;
    return { name: `revision ${revision}`, document };
  };
  return { from: await sideOf(from), to: await sideOf(to) };
}

/** What the file leaves out stands for its default, as it would in an update. */
async function revisionAndFile(
  { client, terminal }: Context,
  job: Job,
  { from, file }: { readonly from: number | undefined; readonly file: string },
): Promise<{ from: Side; to: Side }> {
  const { id } = job;
  const document = { id, ...(await fileDocument(file, () => terminal.input())) };
  if (from !== undefined) {
    const { document: former } = await client.revision(id, from);
    return {
      from: { name: `revision ${from}`, document: former },
      to: { name: 'the file', document },
    };
  }
  return {
    from: { name: `revision ${job.revision}`, document: job.document },
    to: { name: 'the file', document: { count: 1, ...document } },
  };
}

function addRollback(job: Command, surroundings: Surroundings): void {
  job
    .command('rollback <job>')
    .description('go back to a former revision: its document becomes a new one')
    .option('--to <revision>', 'which one (default: the newest that ran everywhere)', wholeNumber)
    .option('--wait', 'return once it runs everywhere; fails when it was rolled back')
    .option('--timeout <seconds>', 'how long --wait waits', seconds, defaultPatienceSeconds)
    .addHelpText(
      'after',
      `
The number of instances stays as it is.

Examples:
  oakring job rollback web --wait
  oakring job rollback web --to 3`,
    )
    .action(
      async (named: string, options: WaitOptions & { readonly to?: number }, command: Command) => {
        const context = contextOf(surroundings, command);
        const { client } = context;
        const to = options.to ?? null;
        const { answer } = await onJob(client, named, 'order', (id) => client.rollBackJob(id, to));
        const { answer: last, render } = await settled(context, answer, options);
        show(context, last, render);
      },
    );
}
