import type { Command } from 'commander';
import type { NodeAnswer } from '@oakring/contracts';
import { renderNode, renderNodes } from '../render/answers.js';
import { show, type ContextOf } from './context.js';

export function addNodeCommands(program: Command, contextOf: ContextOf): void {
  const node = program.command('node').description('look at the machines of the cluster');
  node
    .command('ls')
    .description('list the nodes')
    .addHelpText(
      'after',
      '\nExamples:\n  oakring node ls\n  oakring node ls --json | jq .items[].id',
    )
    .action(async (_options, command: Command) => {
      const context = contextOf(command);
      const list = await context.client.list<NodeAnswer>('/api/v1/nodes');
      show(context, list, () => renderNodes(list.items, context.terminal.colors));
    });
  node
    .command('show <id>')
    .description('show one node')
    .addHelpText('after', '\nExample:\n  oakring node show edge-berlin')
    .action(async (id: string, _options, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get<NodeAnswer>(
        `/api/v1/nodes/${encodeURIComponent(id)}`,
      );
      show(context, answer, () => renderNode(answer, context.terminal.colors));
    });
}
