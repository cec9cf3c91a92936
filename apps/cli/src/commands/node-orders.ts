import { printable } from '@oakring/narration';
import type { Command } from 'commander';
import type { Node, NodeOrder, Outlook } from '../client/documents.js';
import { contextOf, show, type Context, type Surroundings } from './context.js';
import { foreseen } from './foreseen.js';
import { addNodeForget } from './node-forget.js';
import { pair, seconds } from './options.js';
import { onNode } from './selection.js';
import { forEach, type Done } from './several.js';
import { untilDrained } from './wait.js';

type Labels = Readonly<Record<string, string>>;

interface DrainOptions {
  readonly cancel?: boolean;
  readonly within: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
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
  addRevoke(node, surroundings);
}

function addRevoke(node: Command, surroundings: Surroundings): void {
  node
    .command('revoke <nodes...>')
    .description('revoke the credentials of nodes: nobody speaks for them until they join anew')
    .addHelpText(
      'after',
      `
What runs there goes on; the node is disconnected. Its worker comes back with a join token that is given after this:
  oakring token create --role join --name edge-berlin --ids edge-berlin

Example:
  oakring node revoke edge-berlin`,
    )
    .action(async (nodes: readonly string[], _options: unknown, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client } = context;
      await forEach(context, nodes, async (text) => {
        const ask = (known: string) => client.revokeNode(known);
        const { id, answer } = await onNode(client, text, 'order', ask);
        const told = 'has no credential that holds';
        return { answer, render: () => `Node ${id} ${told} (position ${answer.position}).` };
      });
    });
}

function addLabel(node: Command, surroundings: Surroundings): void {
  node
    .command('label')
    .description(
      'say what a node is, beside what its worker says; without labels: nothing any more',
    )
    .argument('<node>', 'its id or name')
    .argument('[labels...]', 'name=value each, in the place of those said before', pair, {})
    .addHelpText(
      'after',
      '\nExample:\n  oakring node label edge-berlin position=52.52,13.40 room=hall',
    )
    .action(async (node: string, labels: Labels, _options: unknown, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client } = context;
      const { id, answer } = await onNode(client, node, 'order', (known) =>
        client.labelNode(known, labels),
      );
      const told = Object.keys(labels).length === 0 ? 'has no labels by operators' : 'is labelled';
      show(context, answer, () => `Node ${printable(id)} ${told} (position ${answer.position}).`);
    });
}

function addSimple(
  node: Command,
  surroundings: Surroundings,
  order: 'cordon' | 'quarantine',
  description: string,
): void {
  node
    .command(`${order} <nodes...>`)
    .description(description)
    .option('--reason <text>', 'why, for whoever looks later')
    .addHelpText('after', `\nExample:\n  oakring node ${order} edge-berlin --reason "new disk"`)
    .action(async (nodes: readonly string[], options: { reason?: string }, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client } = context;
      const body = options.reason === undefined ? {} : { reason: options.reason };
      const told = order === 'cordon' ? 'is cordoned' : 'is in quarantine';
      await forEach(context, nodes, async (text) => {
        const ask = (id: string) => client.orderNode(id, order, body);
        const { id, answer } = await onNode(client, text, 'order', ask);
        return {
          answer,
          render: () => `Node ${printable(id)} ${told} (position ${answer.position}).`,
        };
      });
    });
}

function addBack(
  node: Command,
  surroundings: Surroundings,
  [name, order]: readonly [string, 'cordon' | 'quarantine'],
  description: string,
): void {
  node
    .command(`${name} <nodes...>`)
    .description(description)
    .addHelpText('after', `\nExample:\n  oakring node ${name} edge-berlin`)
    .action(async (nodes: readonly string[], _options: unknown, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client } = context;
      await forEach(context, nodes, async (text) => {
        const ask = (id: string) => client.takeBackOrder(id, order);
        const { id, answer } = await onNode(client, text, 'order', ask);
        const closed = await stillClosed(context, id);
        return {
          answer,
          render: () => `Node ${printable(id)} ${closed} (position ${answer.position}).`,
        };
      });
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
    .command('drain <nodes...>')
    .description('move everything off nodes: each instance runs elsewhere before it stops here')
    .option(
      '--within <seconds>',
      'give up, or use force, after this long',
      seconds,
      defaultDrainSeconds,
    )
    .option('--force', 'stop what is left then, to be placed elsewhere')
    .option('--dry-run', 'tell what would move, and where; write nothing')
    .option('--wait', 'return once the drain has ended')
    .option('--cancel', 'call it off; the node stays cordoned')
    .addHelpText(
      'after',
      '\nExamples:\n  oakring node drain edge-berlin --wait\n  oakring node drain edge-berlin edge-oslo --within 60 --force',
    )
    .action(async (nodes: readonly string[], options: DrainOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      await forEach(context, nodes, (text) => drained(context, text, options));
    });
}

async function drained(
  context: Context,
  text: string,
  { cancel, within, force = false, wait, dryRun }: DrainOptions,
): Promise<Done<Node | NodeOrder | Outlook>> {
  const { client } = context;
  if (dryRun === true) {
    const ask = (id: string) => client.outlookOfDrain(id);
    const { answer, render } = foreseen(context, await onNode(client, text, 'order', ask));
    return { answer, render: () => render(answer) };
  }
  if (cancel === true) {
    const ask = (id: string) => client.takeBackOrder(id, 'drain');
    const { id, answer } = await onNode(client, text, 'order', ask);
    const closed = await stillClosed(context, id);
    return { answer, render: () => `Node ${printable(id)} is not being drained; it ${closed}.` };
  }
  const order = (id: string) => client.orderNode(id, 'drain', { withinMs: within * 1_000, force });
  const { id, answer } = await onNode(client, text, 'order', order);
  if (wait !== true) {
    return {
      answer,
      render: () => `Node ${printable(id)} is being drained (position ${answer.position}).`,
    };
  }
  const node = await untilDrained(context, id, within + drainMarginSeconds);
  return { answer: node, render: () => `Node ${printable(id)} is drained: nothing is left there.` };
}
