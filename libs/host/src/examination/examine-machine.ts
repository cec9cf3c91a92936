import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { shownBytes, type Finding } from './finding.js';

/** What a program of ours wants of its machine. */
export interface Wants {
  /** Files and sockets that it may have open at once. */
  readonly openFiles: number;
  readonly memoryBytes: number;
}

/** What there is. */
export interface Machine {
  /** Null: it cannot be told here. */
  readonly openFiles: number | null;
  /** Of the machine, or of the group of processes that we are limited with. */
  readonly memoryBytes: number;
  readonly isLimited: boolean;
  readonly freeBytes: number;
  /** The most that JavaScript may have of it. */
  readonly heapBytes: number;
  readonly node: string;
  readonly cores: number;
}

/** Files of lmdb, of the log and of a process's own, and a few connections: no program runs with less. */
const fewestOpenFiles = 256;

export function examineMachine(wants: Wants): readonly Finding[] {
  return judgeMachine(thisMachine(), wants);
}

export function judgeMachine(machine: Machine, wants: Wants): readonly Finding[] {
  const { node, cores } = machine;
  return [
    // Older ones are refused before any of this is read.
    { part: 'node', level: 'ok', looked: 'version of Node', seen: `${node}, ${cores} cores` },
    openFilesOf(machine, wants),
    memoryOf(machine, wants),
    ...heapOf(machine),
  ];
}

function openFilesOf({ openFiles }: Machine, { openFiles: wanted }: Wants): Finding {
  const about = { part: 'open files', looked: `open files of a process, ${wanted} may be needed` };
  if (openFiles === null) return { ...about, level: 'unknown', seen: 'no limit can be read here' };
  if (openFiles >= wanted) return { ...about, level: 'ok', seen: `${openFiles}` };
  const level = openFiles < fewestOpenFiles ? 'bad' : 'warning';
  const remedy =
    `Raise it: LimitNOFILE=${wanted} in a systemd unit, ulimit -n ${wanted} in a shell` +
    ', or ulimits of a container; fewer nodes need fewer (OAKRING_MAX_NODES).';
  return { ...about, level, seen: `${openFiles}`, remedy };
}

function memoryOf(machine: Machine, { memoryBytes: wanted }: Wants): Finding {
  const { memoryBytes, freeBytes, isLimited } = machine;
  const looked = isLimited ? 'memory that this process may have' : 'memory of this machine';
  const seen = `${shownBytes(memoryBytes)}, ${shownBytes(freeBytes)} of the machine's free`;
  if (memoryBytes >= wanted) return { part: 'memory', level: 'ok', looked, seen };
  const remedy = `Give it ${shownBytes(wanted)}; docs/sizing.md says what how many nodes need.`;
  return { part: 'memory', level: 'warning', looked, seen, remedy };
}

/** Node takes its limit from the machine where it does not see that of its container. */
function heapOf({ heapBytes, memoryBytes, isLimited }: Machine): readonly Finding[] {
  if (!isLimited || heapBytes <= memoryBytes) return [];
  const megabytes = Math.floor((memoryBytes * 0.75) / 1_048_576);
  return [
    {
      part: 'memory',
      level: 'warning',
      looked: 'the most that JavaScript may take',
      seen: `${shownBytes(heapBytes)}, more than the ${shownBytes(memoryBytes)} that there are: it would be killed, not slow`,
      remedy: `Set NODE_OPTIONS=--max-old-space-size=${megabytes}.`,
    },
  ];
}

function thisMachine(): Machine {
  const total = totalmem();
  // Absent before Node 20.12; without a limit it says nothing, or more than there is.
  const limit = process.constrainedMemory();
  const isLimited = limit > 0 && limit < total;
  return {
    openFiles: openFilesLimit(),
    memoryBytes: isLimited ? limit : total,
    isLimited,
    freeBytes: freemem(),
    heapBytes: getHeapStatistics().heap_size_limit,
    node: process.versions.node,
    cores: availableParallelism(),
  };
}

/** Node raises its own limit to the highest that it may have, so that one counts. */
function openFilesLimit(): number | null {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, most] = /^Max open files\s+\S+\s+(\S+)/m.exec(limits) ?? [];
    return most === 'unlimited' ? Number.POSITIVE_INFINITY : Number(most);
  } catch {
    return null;
  }
}
