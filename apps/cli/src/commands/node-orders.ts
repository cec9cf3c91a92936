import type { Command } from 'commander';
import { contextOf, show, type Context, type Surroundings } from './context.js';
import { addNodeForget } from './node-forget.js';
import { pair, seconds } from './options.js';
import { untilDrained } from './wait.js';

type Labels = Readonly<Record<string, string>>;

interface DrainOptions {
  readonly within: number;
  readonly force?: boolean;
  readonly wait?: boolean;
}

const defaultDrainSeconds = 600;
/** A drain that is waited for ends by itself; this is for what nobody foresaw. */
const drainMarginSeconds = 30;

/** What an operator orders about a node. */
export function addNodeOrders(node: Command, surroundings: Surroundings): void {
  addSimple(node, surroundings, 'cordon', 'place nothing new on a node; what runs there goes on');
  addSimple(
    node,
    surroundings,
    'quarantine',
    'as cordon, for a node that makes things fail: place nothing there until its release',
  );
  addBack(
    node,
    surroundings,
    ['uncordon', 'cordon'],
    'place on a node again; ends a drain as well',
  );
  addBack(node, surroundings, ['release', 'quarantine'], 'trust a node again');
  addDrain(node, surroundings);
  addLabel(node, surroundings);
  addNodeForget(node, surroundings);
}

function addLabel(node: Command, surroundings: Surroundings): void {
  node
    .command('label')
    .description(
      'say what a node is, beside what its worker says; without labels: nothing any more',
    )
    .argument('<id>', 'of the node')
    .argument('[labels...]', 'name=value each, in the place of those said before', pair, {})
    .addHelpText(
      'after',
      '\nExample:\n  oakring node label edge-berlin position=52.52,13.40 room=hall',
    )
    .action(async (id: string, labels: Labels, _options: unknown, command: Command) => {
      const context = contextOf(surroundings, command);
      const answer = await context.client.labelNode(id, labels);
      const told = Object.keys(labels).length === 0 ? 'has no labels by operators' : 'is labelled';
      show(context, answer, () => `Node ${id} ${told} (position ${answer.position}).`);
    });
}

function addSimple(
  node: Command,
  surroundings: Surroundings,
  order: 'cordon' | 'quarantine',
  description: string,
): void {
  node
    .command(`${order} <id>`)
    .description(description)
    .option('--reason <text>', 'why, for whoever looks later')
    .addHelpText('after', `\nExample:\n  oakring node ${order} edge-berlin --reason "new disk"`)
    .action(async (id: string, options: { reason?: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const body = options.reason === undefined ? {} : { reason: options.reason };
      const answer = await context.client.orderNode(id, order, body);
      const told = order === 'cordon' ? 'is cordoned' : 'is in quarantine';
      show(context, answer, () => `Node ${id} ${told} (position ${answer.position}).`);
    });
}

function addBack(
  node: Command,
  surroundings: Surroundings,
  [name, order]: readonly [string, 'cordon' | 'quarantine'],
  description: string,
): void {
  node
    .command(`${name} <id>`)
    .description(description)
    .addHelpText('after', `\nExample:\n  oakring node ${name} edge-berlin`)
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = contextOf(surroundings, command);
      const answer = await context.client.takeBackOrder(id, order);
      const closed = await stillClosed(context, id);
      show(context, answer, () => `Node ${id} ${closed} (position ${answer.position}).`);
    });
}

/** What a node does with new work now, whatever was taken back. */
async function stillClosed({ client }: Context, id: string): Promise<string> {
  const { cordoned, draining, quarantined } = (await client.node(id)).flags;
  if (draining !== null) return 'is being drained';
  const ways = [
    ...(cordoned === null ? [] : [`cordoned (oakring node uncordon ${id})`]),
    ...(quarantined === null ? [] : [`in quarantine (oakring node release ${id})`]),
  ];
  return ways.length === 0 ? 'takes new work' : `is still ${ways.join(' and ')}`;
}

function addDrain(node: Command, surroundings: Surroundings): void {
  node
    .command('drain <id>')
    .description('move everything off a node: each instance runs elsewhere before it stops here')
    .option(
      '--within <seconds>',
      'give up, or use force, after this long',
      seconds,
      defaultDrainSeconds,
    )
    .option('--force', 'stop what is left then, to be placed elsewhere')
    .option('--wait', 'return once the drain has ended')
    .option('--cancel', 'call it off; the node stays cordoned')
    .addHelpText(
      'after',
      '\nExamples:\n  oakring node drain edge-berlin --wait\n  oakring node drain edge-berlin --within 60 --force',
    )
    .action(async (id: string, options: DrainOptions & { cancel?: boolean }, command: Command) => {
      const context = contextOf(surroundings, command);
      if (options.cancel === true) {
        const answer = await context.client.takeBackOrder(id, 'drain');
        const closed = await stillClosed(context, id);
        return show(context, answer, () => `Node ${id} is not being drained; it ${closed}.`);
      }
      const withinMs = options.within * 1_000;
      const body = { withinMs, force: options.force === true };
      const answer = await context.client.orderNode(id, 'drain', body);
      if (options.wait !== true) {
        return show(
          context,
          answer,
          () => `Node ${id} is being drained (position ${answer.position}).`,
        );
      }
      const drained = await untilDrained(context, id, options.within + drainMarginSeconds);
      show(context, drained, () => `Node ${id} is drained: nothing is left there.`);
    });
}
