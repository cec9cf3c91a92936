import type { Command } from 'commander';
import { renderCluster } from '../render/cluster.js';
import { contextOf, show, type Surroundings } from './context.js';

export function addClusterCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('cluster')
    .description('the whole cluster on one page')
    .addHelpText('after', '\nExample:\n  oakring cluster')
    .action(async (_options, command: Command) => {
      const context = contextOf(surroundings, command);
      const { client, terminal } = context;
      const [head, nodes, jobs] = await Promise.all([client.head(), client.nodes(), client.jobs()]);
      show(context, { head, nodes: nodes.items, jobs: jobs.items }, (overview) =>
        renderCluster(overview, terminal.colors),
      );
    });
}
