import type { Command } from 'commander';
import type { ManagerClient } from '../client/manager-client.js';
import { renderCluster, type ClusterOverview } from '../render/cluster.js';
import { printable } from '@oakring/narration';
import { contextOf, type Surroundings } from './context.js';
import { page, watchOption, type WatchOptions } from './watch.js';
import { atOption, momentIn, type AtOptions } from './options.js';

export function addClusterCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('cluster')
    .description('the whole cluster on one page')
    .option(...atOption)
    .option(...watchOption)
    .addHelpText(
      'after',
      '\nExamples:\n  oakring cluster\n  oakring cluster --at 15m\n  oakring cluster --watch',
    )
    .action(async ({ watch, ...options }: AtOptions & WatchOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const at = momentIn(options, context);
      const { client, terminal } = context;
      await page(
        context,
        { watch, at },
        { load: () => overviewOf(client, at), render: renderCluster },
      );
      // After the page: nobody waits for it.
      const { managerProblem } = await import('../known/manager-watch.js');
      const problem = await managerProblem(client, surroundings.env);
      if (problem !== null) terminal.error(terminal.colors.red(printable(problem)));
    });
}

async function overviewOf(client: ManagerClient, at: string | undefined): Promise<ClusterOverview> {
  const [head, cluster, nodes, jobs] = await Promise.all([
    client.head(),
    client.cluster(at),
    client.nodes(at),
    client.jobs(at),
  ]);
  const { storm, degraded = [], position } = cluster;
  return {
    head,
    storm,
    degraded,
    nodes: nodes.items,
    jobs: jobs.items,
    // The head of that time: today's says nothing about it.
    past: at === undefined ? null : position,
  };
}
