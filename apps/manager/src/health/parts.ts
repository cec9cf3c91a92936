import { isNearlyFull, type Room } from '@oakring/host';
import {
  rootMemoryName,
  verificationName,
  type LeadershipView,
  type VerificationView,
} from '../injection/query-tokens.js';
import type { PartHealth, Standing } from '../injection/health.js';

type Trouble = NonNullable<VerificationView['trouble']>;

/** What is seen of a manager at one moment. */
export interface Sight {
  readonly standing: Standing;
  /** There may be other managers of the store. */
  readonly several: boolean;
  /** Why nothing can be appended; null: nothing is known to be in the way. Of a leader. */
  readonly obstacle: string | null;
  /** How long the append that is under way has been. */
  readonly appendingMs: number;
  readonly damage: Trouble | null;
  /** How this machine's clock differs from the store's. */
  readonly clockError: string | null;
  /** Why the scheduler does not plan, and for how long it has not. Of a leader. */
  readonly scheduler: { readonly why: string; readonly forMs: number } | null;
  /** Jobs of which instances wait for a place. */
  readonly waiting: number;
  /** Null: the cluster stands alone, or another manager speaks to it. */
  readonly root: { readonly isConnected: boolean; readonly sinceMs: number | null } | null;
  readonly rootMemory: Trouble | null;
  /** Where the data lies, on the fullest disk; null: it cannot be told. */
  readonly room: Room | null;
  readonly processes: LeadershipView['processes'];
}

/** Since when it has been so is known to whoever looks again and again, where it is not told here. */
type Part = Omit<PartHealth, 'sinceMs'> & { readonly sinceMs?: number };

/** An append takes milliseconds; on a store that moves, a few seconds. */
const slowAppendMs = 5_000;
/** A scheduler that is started again is back within this. */
const schedulerGraceMs = 10_000;
const gibibyte = 1_073_741_824;

/** How each part does. What is another manager's to do now (broker, scheduler, root) is left out. */
export function partsOf(sight: Sight): readonly Part[] {
  const leads = sight.standing.role === 'leader';
  const parts: Part[] = [
    log(sight),
    ...(leads ? [broker(sight.standing), scheduler(sight)] : []),
    ...(sight.several ? [lease(sight.standing), clock(sight)] : []),
    ...(leads && sight.root !== null ? [root(sight.root)] : []),
    ...(sight.room === null ? [] : [disk(sight.room)]),
    ...(sight.damage === null ? [] : [failing(verificationName, sight.damage, verifyRemedy)]),
    ...(sight.rootMemory === null ? [] : [failing(rootMemoryName, sight.rootMemory, tellsWhy)]),
  ];
  const said = new Set(parts.flatMap(({ part, status }) => (status === 'up' ? [] : [part])));
  for (const { name, trouble } of sight.processes) {
    if (trouble !== null && !said.has(name)) parts.push(failing(name, trouble, tellsWhy));
  }
  // A process of the same name counts more than a part that is well.
  return [...new Map(parts.map((part) => [part.part, part])).values()];
}

const tellsWhy = '"oakring cluster" tells why.';
const verifyRemedy = 'Keep a copy of the ledger as it is now, and see docs/damage.md.';

/** Named, not told of: the reason may hold what is not for everybody. */
function failing(part: string, { sinceMs }: Trouble, remedy: string): Part {
  const detail =
    part === verificationName ? 'damage was found in the ledger' : 'it fails, and is tried on';
  return { part, status: 'degraded', detail, remedy, sinceMs };
}

function log({ standing, several, obstacle, appendingMs }: Sight): Part {
  const part = 'log';
  const remedy = several
    ? 'See that the database of OAKRING_STORE runs, has a majority and room: it goes on by itself.'
    : 'Make room on the disk of OAKRING_DATA, or mend it: it goes on by itself.';
  const down = (detail: string): Part => ({ part, status: 'down', detail, remedy });
  if (standing.role === 'follower') {
    return standing.isCurrent
      ? { part, status: 'up', detail: 'all of it was read' }
      : down('it is being read, or cannot be read');
  }
  if (obstacle !== null) return down(`the event log cannot be written: ${obstacle}`);
  if (!standing.isHeld) return down('the store has not taken the renewal of our lease in time');
  if (appendingMs > slowAppendMs) {
    return down(`an append has been under way for ${Math.floor(appendingMs / 1_000)} s`);
  }
  return { part, status: 'up', detail: 'nothing is in the way of an append' };
}

function broker(standing: Standing): Part {
  const part = 'broker';
  if (standing.role === 'leader' && standing.reachesBroker) {
    return { part, status: 'up', detail: 'connected' };
  }
  const remedy =
    'See that the broker of OAKRING_MQTT_URL runs and takes our credentials: we try on by ourselves.';
  const detail =
    'not connected to the MQTT broker: workers are neither heard nor told; what they run goes on';
  return { part, status: 'down', detail, remedy };
}

function scheduler({ scheduler: away, waiting }: Sight): Part {
  const part = 'scheduler';
  if (away === null) return { part, status: 'up', detail: 'it plans' };
  const remedy = 'See that the scheduler of OAKRING_SCHEDULER_URL runs and reaches this manager.';
  const { why, forMs } = away;
  if (waiting === 0 || forMs < schedulerGraceMs) {
    return { part, status: 'degraded', detail: `${why}: what comes now waits for it`, remedy };
  }
  const jobs = `${waiting} job${waiting === 1 ? '' : 's'}`;
  return { part, status: 'down', detail: `${why}, and instances of ${jobs} wait for it`, remedy };
}

function lease(standing: Standing): Part {
  const part = 'lease';
  if (standing.role === 'leader') {
    if (standing.isHeld) return { part, status: 'up', detail: 'this manager leads' };
    const detail = 'it could not be renewed in time: another manager may lead by now';
    const remedy = 'See that the database of OAKRING_STORE answers within 2 s.';
    return { part, status: 'down', detail, remedy };
  }
  const { isCurrent, hasSeenLeader, objection } = standing;
  if (!hasSeenLeader) {
    // While the log is being read nobody could say more.
    const detail = objection === null || !isCurrent ? 'nobody leads yet' : objection;
    const remedy = 'It takes the lease by itself; its log says why it does not.';
    return { part, status: 'down', detail, remedy };
  }
  if (objection === null) return { part, status: 'up', detail: 'another manager leads' };
  const detail = `nobody leads, and this manager does not take over: ${objection}`;
  return { part, status: 'degraded', detail, remedy: 'Mend what is in the way.' };
}

function clock({ clockError }: Sight): Part {
  const part = 'clock';
  if (clockError === null) return { part, status: 'up', detail: 'it is that of the store' };
  const remedy = 'Let NTP set the clocks of all machines: with this one it does not lead.';
  return { part, status: 'degraded', detail: clockError, remedy };
}

/** Never more than degraded: the cluster works without it, and says the rest when it is back. */
function root({ isConnected, sinceMs }: NonNullable<Sight['root']>): Part {
  const part = 'root';
  const since = sinceMs === null ? {} : { sinceMs };
  if (isConnected) return { part, status: 'up', detail: 'it takes our reports', ...since };
  const detail = 'it does not answer: it is told the rest once it does';
  const remedy = 'See that the root of SYSTEM_MANAGER_URL runs and can be reached from here.';
  return { part, status: 'degraded', detail, remedy };
}

function disk(room: Room): Part {
  const { freeBytes, totalBytes } = room;
  const part = 'disk';
  const detail = `${sizeOf(freeBytes)} of ${sizeOf(totalBytes)} are free`;
  if (!isNearlyFull(room)) return { part, status: 'up', detail };
  const remedy = 'Make room on the disk of OAKRING_DATA before it is full: then nothing is taken.';
  return { part, status: 'degraded', detail: `nearly full: ${detail}`, remedy };
}

function sizeOf(bytes: number): string {
  if (bytes >= gibibyte) return `${(bytes / gibibyte).toFixed(1)} GiB`;
  return `${Math.floor(bytes / 1_048_576)} MiB`;
}
