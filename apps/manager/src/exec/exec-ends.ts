import { clusterKey, type ClusterState, type ExecRecord } from '@oakring/model';
import type { CommandQueue } from '../commands/command.js';
import { byItself } from '../commands/origin.js';
import { nothing, type Process } from '../supervision/process.js';
import type { LiveExecs } from './live-execs.js';

/** A session hears within 10 s that its command is begun (`CommandQueue`), or never: by then it is at it. */
const heldWithinMs = 30_000;

type Fact = 'left' | 'unheld';

const reasons: Readonly<Record<Fact, string>> = {
  left: 'how it ended is not known: the manager that it went over leads no more',
  unheld: 'nobody is at it: that it was begun was not known in time',
};

interface End {
  readonly id: string;
  readonly reason: string;
}

/**
 * Commands in instances that nobody is left to say of how they ended. Those that went over an earlier leadership: their
 * workers have hung up on them, for they hear that another manager leads. And those of this one that no session is at:
 * what was on record only after its session had given up (`outcome-unknown`) was never told to a worker.
 */
export function execEnds(queue: CommandQueue, live: Pick<LiveExecs, 'has'>): Process<End> {
  const factOf = (key: string, state: ClusterState): Fact | null => {
    const exec = state.execs.get(key);
    if (exec === undefined) return null;
    if (isOfEarlier(exec, state)) return 'left';
    return live.has(key) ? null : 'unheld';
  };
  return {
    name: 'exec-ends',
    most: 1,
    mostAtOnce: 1,
    restMs: 0,
    backoff: { firstMs: 1_000, mostMs: 10_000 },
    *all({ execs }) {
      for (const [key] of execs.entries()) yield key;
    },
    // What is begun from now on has a session; that it has none is found when all are looked at.
    concerned: () => [],
    fact: factOf,
    look: (key, state, { nowMs, sinceMs }) => {
      const fact = factOf(key, state);
      if (fact === null) return nothing;
      const atMs = fact === 'left' ? nowMs : sinceMs + heldWithinMs;
      if (nowMs < atMs) return { step: null, againMs: atMs };
      return { step: { id: key, reason: reasons[fact] }, againMs: null };
    },
    async act(steps) {
      for (const { step } of steps) {
        const { id: execId, reason } = step;
        const end = { execId, outcome: 'unknown', exitCode: null, reason, bytes: null } as const;
        await queue.submit<'EndExec'>({ type: 'EndExec', end }, byItself('exec-ends', execId));
      }
      return 'settled';
    },
  };
}

function isOfEarlier({ epoch }: ExecRecord, { cluster }: ClusterState): boolean {
  return epoch < (cluster.get(clusterKey)?.epoch ?? 0);
}
