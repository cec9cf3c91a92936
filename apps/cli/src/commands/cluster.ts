import type { Command } from 'commander';
import { renderCluster } from '../render/cluster.js';
import { printable } from '../render/printable.js';
import { contextOf, showView, type Surroundings } from './context.js';
import { atOption, momentIn, type AtOptions } from './options.js';

export function addClusterCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('cluster')
    .description('the whole cluster on one page')
    .option(...atOption)
    .addHelpText('after', '\nExamples:\n  oakring cluster\n  oakring cluster --at 15m')
    .action(async (options: AtOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const at = momentIn(options, context);
      const { client, terminal } = context;
      const [head, cluster, nodes, jobs] = await Promise.all([
        client.head(),
        client.cluster(at),
        client.nodes(at),
        client.jobs(at),
      ]);
      const { storm, degraded = [], position } = cluster;
      const overview = {
        head,
        storm,
        degraded,
        nodes: nodes.items,
        jobs: jobs.items,
        // The head of that time: today's says nothing about it.
        past: at === undefined ? null : position,
      };
      showView(context, at, overview, (shown) => renderCluster(shown, terminal.colors));
      // After the page: nobody waits for it.
      const { managerProblem } = await import('../known/manager-watch.js');
      const problem = await managerProblem(client, surroundings.env);
      if (problem !== null) terminal.error(terminal.colors.red(printable(problem)));
    });
}
