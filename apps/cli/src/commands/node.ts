import type { Command } from 'commander';
import type { Node } from '../client/documents.js';
import { renderNode, renderNodes } from '../render/nodes.js';
import { printable } from '@oakring/narration';
import { renderStrangers } from '../render/strangers.js';
import { contextOf, lookOf, pastNote, type Context, type Surroundings } from './context.js';
import { addNodeOrders } from './node-orders.js';
import { addNodeTelemetry } from './node-telemetry.js';
import { atOption, momentIn, namesHelp, type AtOptions } from './options.js';
import { onNode } from './selection.js';
import { forEach } from './several.js';
import { page, pageOfEach, watchOption, type WatchOptions } from './watch.js';
import type { Look } from '../terminal.js';

export function addNodeCommands(program: Command, surroundings: Surroundings): void {
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
    .option(...watchOption)
    .action(async ({ watch, ...options }: AtOptions & WatchOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const at = momentIn(options, context);
      const { client } = context;
      let strangers = '';
      const load = async () => {
        strangers = at === undefined ? await strangersFor(context) : '';
        return client.nodes(at);
      };
      const render = ({ items }: { readonly items: readonly Node[] }, look: Look): string =>
        renderNodes(items, look) + strangers;
      await page(context, { watch, at }, { load, render });
    });
  node
    .command('show <nodes...>')
    .description('show nodes')
    .addHelpText('after', `${namesHelp}\n\nExample:\n  oakring node show edge-berlin`)
    .option(...atOption)
    .option(...watchOption)
    .action(async (nodes: readonly string[], options: ShowOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client } = context;
      const at = momentIn(options, context);
      if (options.watch === true) {
        const meant = (text: string) => onNode(client, text, 'look', (id) => client.node(id));
        return await pageOfEach(context, at, nodes, { meant, render: renderNode });
      }
      const past = pastNote(context, at);
      await forEach<Node>(context, nodes, async (text) => {
        const { answer } = await onNode(client, text, { lookAt: at }, (id) => client.node(id, at));
        return { answer, render: (node) => past + renderNode(node, lookOf(context, at)) };
      });
    });
}

type ShowOptions = AtOptions & WatchOptions;

/** A program asks for them by themselves: `GET /api/v1/strangers`. */
async function strangersFor({ client, terminal, ports, forPrograms }: Context): Promise<string> {
  if (forPrograms) return '';
  const { items } = await client.strangers();
  return renderStrangers(printable(items), terminal.colors, ports.clock.wallMs());
}
