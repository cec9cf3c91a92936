import { shownUrl } from '@oakring/contracts';
import type { Commit } from '@oakring/events';
import { isMongoUrl, openEventStore, type EventStore } from '@oakring/stores';
import { lockFolder } from '@oakring/host';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import { commitsOf, soundIn, storeOf, tryingOn, type Walked } from './store.js';
import { clearProgress, tellProgress } from './verify.js';

/** Commits that are written together. */
const atOnce = 256;

interface CopyOptions {
  readonly from: string;
  readonly to: string;
}

export function addCopyCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('copy')
    .description(
      'copy a ledger into another store: same bytes, same hashes; goes on where it stopped',
    )
    .requiredOption('--from <store>', 'a folder or mongodb://…')
    .requiredOption('--to <store>', 'a folder or mongodb://…, empty or with the same beginning')
    .action(async (options: CopyOptions, command: Command) => {
      await copy(contextOf(surroundings, command), surroundings, options);
    });
}

async function copy(context: Context, { env }: Surroundings, options: CopyOptions): Promise<void> {
  const { terminal, ports, json } = context;
  const from = storeOf(env, options.from);
  const to = storeOf(env, options.to);
  const lock = isMongoUrl(to)
    ? null
    : await lockFolder(to, { pid: process.pid, what: 'oakring audit copy' });
  try {
    const target = await tryingOn(() => openEventStore(to, ports.timers), ports);
    try {
      await refuseLedTarget(target);
      const copied = await copyInto(target, commitsOf(from, ports), context);
      clearProgress(terminal);
      const { position, hash } = await tryingOn(() => target.log.head(), ports);
      if (json) return terminal.out(JSON.stringify({ position, hash, copied }));
      terminal.out(`whole: positions ${Math.min(1, position)}–${position}, head ${hash}`);
      terminal.out(terminal.colors.dim(`${copied} commits copied to ${target.place}`));
    } finally {
      await target.close();
    }
  } finally {
    await lock?.release();
  }
}

/** A manager that leads there would write its own history on top of what is copied. */
export async function refuseLedTarget({
  leases,
  place,
}: Pick<EventStore, 'leases' | 'place'>): Promise<void> {
  const lease = (await leases?.read()) ?? null;
  if (lease === null || lease.holder === '') return;
  const detail = `A manager leads ${place} (${shownUrl(lease.url)}, epoch ${lease.epoch}). Stop it first.`;
  throw new CommandFailure(detail, exitCodes.refused);
}

/** Appends what is not there yet; throws a CommandFailure where what is there differs. Resolves with how many. */
export async function copyInto(
  { log, place }: EventStore,
  from: AsyncIterable<Walked>,
  { terminal, ports }: Context,
): Promise<number> {
  const there = await tryingOn(() => log.head(), ports);
  const waiting: Commit[] = [];
  let copied = 0;
  let reached = 0;
  for await (const commit of soundIn(from)) {
    reached = commit.position;
    tellProgress(terminal, reached);
    if (reached < there.position) continue;
    if (reached === there.position) {
      if (commit.hash !== there.hash) throw differs(place, reached);
      continue;
    }
    waiting.push(commit);
    copied += 1;
    if (waiting.length === atOnce) await append({ log, place }, waiting.splice(0));
  }
  await append({ log, place }, waiting);
  if (reached < there.position) throw differs(place, reached + 1);
  return copied;
}

/** Together where the store has that: one by one each waits for the disk. */
async function append(
  { log, place }: Pick<EventStore, 'log' | 'place'>,
  commits: readonly Commit[],
): Promise<void> {
  const groups = log.appendAll === undefined ? commits.map((commit) => [commit]) : [commits];
  for (const group of groups) {
    const [first] = group;
    if (first === undefined) continue;
    const appended = await (log.appendAll?.(group) ?? log.append(first));
    if (appended.status === 'unavailable') {
      const detail = `${place} cannot be written: ${appended.reason}.`;
      throw new CommandFailure(detail, exitCodes.unreachable);
    }
    if (appended.status === 'deposed') throw differs(place, appended.head.position);
  }
}

function differs(place: string, position: number): CommandFailure {
  return new CommandFailure(
    `${place} holds another history: it differs at position ${position} at the latest.`,
    exitCodes.refused,
  );
}
