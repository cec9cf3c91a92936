import type { Command } from 'commander';
import type { JobSummary, NodeAnswer } from '@oakring/contracts';
import { renderJobs, renderNodes } from '../render/answers.js';
import { show, type ContextOf } from './context.js';

interface Head {
  readonly position: number;
  readonly hash: string;
  readonly epoch: number;
}

export function addClusterCommand(program: Command, contextOf: ContextOf): void {
  program
    .command('cluster')
    .description('the whole cluster on one page')
    .addHelpText('after', '\nExample:\n  oakring cluster')
    .action(async (_options, command: Command) => {
      const context = contextOf(command);
      const { client, terminal } = context;
      const [head, nodes, jobs] = await Promise.all([
        client.get<Head>('/api/v1/ledger/head'),
        client.list<NodeAnswer>('/api/v1/nodes'),
        client.list<JobSummary>('/api/v1/jobs'),
      ]);
      show(context, { head, nodes: nodes.items, jobs: jobs.items }, () =>
        [
          `position ${head.position}, epoch ${head.epoch}, head ${head.hash.slice(0, 16)}…`,
          renderNodes(nodes.items, terminal.colors),
          renderJobs(jobs.items, terminal.colors),
        ].join('\n\n'),
      );
    });
}
