import { defaultRequest, type Resources } from '@oakring/contracts';

/** What one instance may have at most. */
export interface Limits {
  /** Thousandths of a core. */
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  /** Processes and threads. */
  readonly pids: number;
}

/** Processes and threads of one instance, of any runtime: a fork bomb must not take the machine's. */
export const maxPids = 4_096;
/** Of what the machine has. */
const shareOfPids = 4;
const bytesPerMiB = 1_048_576;
/** Some of it is used before a program's first instruction. */
const leastMemoryMiB = 4;
const periodMicroseconds = 100_000;
/** The kernel takes no shorter quota, and no longer period than a second. */
const leastQuotaMicroseconds = 1_000;
const longestPeriodMicroseconds = 1_000_000;

/** What is reserved for it. What asks for nothing gets what a job without `resources` does, as containers do. */
export function limitsFrom({ cpuMillis, memoryMiB }: Resources, pidsOfMachine: number): Limits {
  return {
    cpuMillis: cpuMillis || defaultRequest.cpuMillis,
    memoryMiB: Math.max(leastMemoryMiB, memoryMiB || defaultRequest.memoryMiB),
    pids: Math.min(maxPids, Math.floor(pidsOfMachine / shareOfPids)),
  };
}

/** What is written where in a group, in this order. `mayLack`: not every kernel has it. */
export function settingsOf({ cpuMillis, memoryMiB, pids }: Limits): readonly {
  readonly file: string;
  readonly text: string;
  readonly mayLack?: true;
}[] {
  return [
    { file: 'memory.max', text: String(memoryMiB * bytesPerMiB) },
    // What it may not have in memory it may not have on disk either: it would only be slow.
    { file: 'memory.swap.max', text: '0', mayLack: true },
    // All of it or nothing: what is left of a program whose part was killed is in no state that anybody knows.
    { file: 'memory.oom.group', text: '1' },
    { file: 'cpu.max', text: cpuMax(cpuMillis) },
    { file: 'pids.max', text: String(pids) },
  ];
}

/** Microseconds of each period, of one core. */
function cpuMax(cpuMillis: number): string {
  const quota = (cpuMillis * periodMicroseconds) / 1_000;
  if (quota >= leastQuotaMicroseconds) return `${quota} ${periodMicroseconds}`;
  return `${(cpuMillis * longestPeriodMicroseconds) / 1_000} ${longestPeriodMicroseconds}`;
}
