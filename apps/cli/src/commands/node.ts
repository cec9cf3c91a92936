import type { Command } from 'commander';
import type { Node } from '../client/documents.js';
import { renderNode, renderNodes } from '../render/nodes.js';
import { printable } from '../render/printable.js';
import { renderStrangers } from '../render/strangers.js';
import { contextOf, pastNote, showView, type Context, type Surroundings } from './context.js';
import { addNodeOrders } from './node-orders.js';
import { addNodeTelemetry } from './node-telemetry.js';
import { atOption, momentIn, namesHelp, type AtOptions } from './options.js';
import { onNode } from './selection.js';
import { forEach } from './several.js';

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
    .action(async (options: AtOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const at = momentIn(options, context);
      const strangers = at === undefined ? await strangersFor(context) : '';
      showView(
        context,
        at,
        await context.client.nodes(at),
        ({ items }) => renderNodes(items, context.terminal.colors, nowMs(at)) + strangers,
      );
    });
  node
    .command('show <nodes...>')
    .description('show nodes')
    .addHelpText('after', `${namesHelp}\n\nExample:\n  oakring node show edge-berlin`)
    .option(...atOption)
    .action(async (nodes: readonly string[], options: AtOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client, terminal } = context;
      const at = momentIn(options, context);
      const past = pastNote(context, at);
      await forEach<Node>(context, nodes, async (text) => {
        const { answer } = await onNode(client, text, { lookAt: at }, (id) => client.node(id, at));
        return { answer, render: (node) => past + renderNode(node, terminal.colors, nowMs(at)) };
      });
    });
}

/** A program asks for them by themselves: `GET /api/v1/strangers`. */
async function strangersFor({ client, terminal, ports, forPrograms }: Context): Promise<string> {
  if (forPrograms) return '';
  const { items } = await client.strangers();
  return renderStrangers(printable(items), terminal.colors, ports.clock.wallMs());
}
