import type { Command } from 'commander';
import { renderNode, renderNodes } from '../render/nodes.js';
import { printable } from '../render/printable.js';
import { renderStrangers } from '../render/strangers.js';
import { contextOf, showView, type Context, type Surroundings } from './context.js';
import { addNodeOrders } from './node-orders.js';
import { addNodeTelemetry } from './node-telemetry.js';
import { atOption, type AtOptions } from './options.js';

export function addNodeCommands(program: Command, surroundings: Surroundings): void {
  /** Null in the past: how long ago something was is told from now only. */
  const nowMs = (at: string | undefined): number | null =>
    at === undefined ? surroundings.ports.clock.wallMs() : null;
  const node = program
    .command('node')
    .description('look at the machines of the cluster, close, drain and forget them');
  addNodeTelemetry(node, surroundings);
  addNodeOrders(node, surroundings);
  node
    .command('ls')
    .description('list the nodes, and workers that speak and are none')
    .addHelpText(
      'after',
      "\nExamples:\n  oakring node ls\n  oakring node ls --json | jq -r '.items[].id'",
    )
    .option(...atOption)
    .action(async ({ at }: AtOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const strangers = at === undefined ? await strangersFor(context) : '';
      showView(
        context,
        at,
        await context.client.nodes(at),
        ({ items }) => renderNodes(items, context.terminal.colors, nowMs(at)) + strangers,
      );
    });
  node
    .command('show <id>')
    .description('show one node')
    .addHelpText('after', '\nExample:\n  oakring node show edge-berlin')
    .option(...atOption)
    .action(async (id: string, { at }: AtOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      showView(context, at, await context.client.node(id, at), (answer) =>
        renderNode(answer, context.terminal.colors, nowMs(at)),
      );
    });
}

/** A program asks for them by themselves: `GET /api/v1/strangers`. */
async function strangersFor({ client, terminal, ports, json }: Context): Promise<string> {
  if (json) return '';
  const { items } = await client.strangers();
  return renderStrangers(printable(items), terminal.colors, ports.clock.wallMs());
}
