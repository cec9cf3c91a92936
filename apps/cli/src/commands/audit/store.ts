import { OakringError, readSettings, settingsCatalogue } from '@oakring/contracts';
import {
  holdSnapshot,
  isMongoUrl,
  openEventLogReader,
  storeAddressOf,
  walkLedgerOnThreads,
} from '@oakring/stores';
import { type Commit, type Damage, LogDamaged } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import type { Environment } from '../../terminal.js';

/** Commits read at a time. */
const pageCommits = 1_000;
const awayCodes = new Set<string>(['store-away', 'store-unreachable']);
const awayForMs = 10_000;
const tryAgainAfterMs = 500;

/** The store that `--store` names, or the settings. */
export function storeOf(env: Environment, option: string | undefined): string {
  const { data, store } = settingsCatalogue;
  const given = option === undefined ? {} : { OAKRING_STORE: option };
  const settings = readSettings({ data, store }, { ...env, ...given });
  return storeAddressOf(settings.store, resolve(settings.data));
}

export type Walked =
  | { readonly status: 'commit'; readonly commit: Commit }
  | { readonly status: 'damaged'; readonly damage: Damage };

/** Every commit of a store in order, in bounded memory; ends at the first that cannot be one. */
export async function* commitsOf(store: string, ports: Ports): AsyncGenerator<Walked> {
  if (isMongoUrl(store)) return yield* commitsFrom(store, 1, ports);
  refuseNoLedger(store);
  yield* walkFolder(store, ports);
}

/** The same from a position on, by what leads there: what is before it is not looked at. */
export async function* commitsFrom(
  store: string,
  first: number,
  ports: Ports,
): AsyncGenerator<Walked> {
  if (!isMongoUrl(store)) refuseNoLedger(store);
  const log = await tryingOn(() => openEventLogReader(store, ports.timers), ports);
  try {
    for (let from = first; ;) {
      const read = (): Promise<readonly Commit[]> => log.read({ from, limit: pageCommits });
      const commits = await tryingOn(read, ports).catch(damageOf);
      if ('damage' in commits) return yield { status: 'damaged', damage: commits.damage };
      for (const commit of commits) yield { status: 'commit', commit };
      const last = commits.at(-1);
      if (last === undefined) {
        const damage = await tryingOn(() => log.stray(), ports);
        if (damage !== null) yield { status: 'damaged', damage };
        return;
      }
      from = last.position + 1;
    }
  } finally {
    await log.close();
  }
}

/** The same for who can do nothing with a damaged one: that ends the command. */
export function soundCommitsOf(store: string, ports: Ports): AsyncGenerator<Commit> {
  return soundIn(commitsOf(store, ports));
}

export async function* soundIn(walk: AsyncIterable<Walked>): AsyncGenerator<Commit> {
  for await (const walked of walk) {
    if (walked.status === 'damaged') {
      throw new CommandFailure(damageLine(walked.damage), exitCodes.refused);
    }
    yield walked.commit;
  }
}

/** An election takes seconds, and is no news about the ledger. What is away for longer is told as away. */
export async function tryingOn<T>(ask: () => Promise<T>, { clock, timers }: Ports): Promise<T> {
  const sinceMs = clock.monotonicMs();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isAway = error instanceof OakringError && awayCodes.has(error.code);
      if (!isAway || clock.monotonicMs() - sinceMs > awayForMs) throw error;
      await timers.sleep(tryAgainAfterMs);
    }
  }
}

/** Page by page without lmdb, which damage could bring down; beside a running manager. */
async function* walkFolder(folder: string, ports: Ports): AsyncGenerator<Walked> {
  const snapshot = await holdSnapshot(folder);
  try {
    const walk = walkLedgerOnThreads(folder);
    try {
      for (const walked of walk.commits) {
        yield walked;
        const isPause = walked.status === 'commit' && walked.commit.position % pageCommits === 0;
        if (isPause) await ports.timers.sleep(0);
      }
      const damage = await walk.indexDamage();
      if (damage !== null) yield { status: 'damaged', damage };
    } finally {
      await walk.close();
    }
  } finally {
    await snapshot.release();
  }
}

function refuseNoLedger(folder: string): void {
  if (holdsLedger(folder)) return;
  const inside = join(folder, 'ledger');
  const remedy = holdsLedger(inside)
    ? `One is in it: --store ${inside}`
    : 'Name the one that you mean with --store, such as oakring-data/ledger.';
  throw new CommandFailure(`There is no ledger in ${folder}. ${remedy}`, exitCodes.unreachable);
}

function holdsLedger(folder: string): boolean {
  return existsSync(join(folder, 'data.mdb'));
}

function damageOf(error: unknown): { damage: Damage } {
  if (!(error instanceof LogDamaged)) throw error;
  return { damage: error.damage };
}

/** The damage as one line: the position first, then its kind, and the rule of docs/ledger-format.md. */
export function damageLine({ position, kind, rule, detail }: Damage): string {
  return `damaged: position ${position ?? 'unknown'}, ${kind}: ${detail} (rule ${rule})`;
}
