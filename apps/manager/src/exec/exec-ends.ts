import { clusterKey, type ClusterState, type ExecRecord } from '@oakring/model';
import type { CommandQueue } from '../commands/command.js';
import { byItself } from '../commands/origin.js';
import { nothing, type Process } from '../supervision/process.js';

const reason = 'how it ended is not known: the manager that it went over leads no more';

/**
 * Commands in instances that went over an earlier leadership: nobody is left to say how they ended. Their workers
 * have hung up on them, for they hear that another manager leads.
 */
export function execEnds(queue: CommandQueue): Process<ExecRecord> {
  return {
    name: 'exec-ends',
    most: 1,
    mostAtOnce: 1,
    restMs: 0,
    backoff: { firstMs: 1_000, mostMs: 10_000 },
    *all({ execs }) {
      for (const [key] of execs.entries()) yield key;
    },
    // What is begun from now on is ours.
    concerned: () => [],
    fact: (key, state) => (isOfEarlier(state, key) ? 'left' : null),
    look: (key, { execs }) => {
      const step = execs.get(key) ?? null;
      return step === null ? nothing : { step, againMs: null };
    },
    async act(steps) {
      for (const { key: execId } of steps) {
        const end = { execId, outcome: 'unknown', exitCode: null, reason, bytes: null } as const;
        await queue.submit<'EndExec'>({ type: 'EndExec', end }, byItself('exec-ends', execId));
      }
      return 'settled';
    },
  };
}

function isOfEarlier({ execs, cluster }: ClusterState, key: string): boolean {
  const exec = execs.get(key);
  return exec !== undefined && exec.epoch < (cluster.get(clusterKey)?.epoch ?? 0);
}
