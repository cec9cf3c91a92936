import type { Node } from '../client/documents.js';
import type { Command } from 'commander';
import { ManagerError } from '../client/manager-error.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { printable } from '@oakring/narration';
import { contextOf, show, type Context, type Surroundings } from './context.js';
import { duration } from './options.js';
import { onNode } from './selection.js';

interface ForgetOptions {
  readonly force?: boolean;
  /** Milliseconds. */
  readonly lostFor?: number;
  readonly dryRun?: boolean;
}

export function addNodeForget(node: Command, surroundings: Surroundings): void {
  node
    .command('forget [nodes...]')
    .description('forget nodes that will not come back; their instances are placed elsewhere')
    .option(
      '--force',
      'also one that speaks: its worker has to join and register anew, as a new machine',
    )
    .option(
      '--lost-for <duration>',
      'all that are lost for so long and carry nothing: 30m, 12h, 7d',
      duration,
    )
    .option('--dry-run', 'tell which; forget nothing')
    .addHelpText(
      'after',
      `
Examples:
  oakring node forget edge-berlin
  oakring node forget edge-berlin edge-oslo
  oakring node forget --lost-for 7d --dry-run`,
    )
    .action(async (given: readonly string[], options: ForgetOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const ids = await idsOf(context, given, options);
      if (options.dryRun === true) return showIds(context, ids, 'would be forgotten');
      await forget(context, ids, options.force === true);
    });
}

async function idsOf(
  { client, ports }: Context,
  given: readonly string[],
  { lostFor }: ForgetOptions,
): Promise<readonly string[]> {
  if ((given.length === 0) === (lostFor === undefined)) {
    throw new CommandFailure('Name the nodes, or say --lost-for how long.', exitCodes.usage);
  }
  if (lostFor === undefined) return given;
  const lostBefore = ports.clock.wallMs() - lostFor;
  const isGone = ({ status, since, instances }: Node): boolean =>
    status === 'lost' && instances === 0 && Date.parse(since) <= lostBefore;
  return (await client.nodes()).items.filter(isGone).map(({ id }) => id);
}

/** One after the other, each an order of its own on record; a refusal does not hold up the others. */
async function forget(context: Context, ids: readonly string[], force: boolean): Promise<void> {
  const { client, terminal } = context;
  if (ids.length === 1) {
    const [id = ''] = ids;
    const ask = (node: string) => client.forgetNode(node, force);
    const meant = await onNode(client, id, 'order', ask);
    const told = `Node ${meant.id} is forgotten (position ${meant.answer.position}).`;
    return show(context, meant.answer, () => told);
  }
  const forgotten: string[] = [];
  const refused: { readonly id: string; readonly code: string }[] = [];
  for (const id of ids) {
    try {
      const meant = await onNode(client, id, 'order', (node) => client.forgetNode(node, force));
      forgotten.push(meant.id);
    } catch (error) {
      if (!(error instanceof ManagerError) || error.problem === null) throw error;
      refused.push({ id, code: error.problem.code });
      if (!context.forPrograms) terminal.error(printable(`${id}: ${error.problem.detail}`));
    }
  }
  if (context.json) terminal.out(JSON.stringify({ forgotten, refused }, null, 2));
  else showIds(context, forgotten, 'are forgotten');
  if (refused.length === 0) return;
  throw new CommandFailure(`${refused.length} are not forgotten.`, exitCodes.refused);
}

function showIds(context: Context, ids: readonly string[], what: string): void {
  show(context, { ids }, (shown) => [`${ids.length} nodes ${what}:`, ...shown.ids].join('\n'));
}
