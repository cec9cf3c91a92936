import { decodeEvents, emptyHead, hashCommit, MerklePages, type Commit } from '@oakring/events';
import { readFile, stat } from 'node:fs/promises';
import type { ManagerClient } from '../../../client/manager-client.js';
import { CommandFailure, exitCodes } from '../../../exit-codes.js';
import type { Environment } from '../../../terminal.js';
import type { Context } from '../../context.js';
import { exhibitOf, isManagerUrl, rangeOf } from '../history-source.js';
import { commitsIn, isLedgerFile } from '../ledger-file.js';
import { commitsOf, damageLine, storeOf, type Walked } from '../store.js';
import type { Roots } from './roots.js';

/** What lies at a position, for a person to compare. */
export interface At {
  /** Of the commit; null where a manager is asked, which shows none. */
  readonly hash: string | null;
  readonly at: string;
  readonly epoch: number | null;
  /** Its first event: `<type> of <stream>`. */
  readonly first: string;
}

/** One of the two histories that are compared. */
export type Side =
  | {
      readonly kind: 'commits';
      readonly isFromStart: boolean;
      commits(): AsyncGenerator<Commit>;
      /** The commit that founded the cluster, as it is shown; null where it is not. */
      founding(): Promise<Commit | null>;
    }
  | { readonly kind: 'roots'; readonly roots: Roots; at(position: number): Promise<At | null> };

/** The history that an argument names: a manager's address, a store, or the file of an export. */
export async function sideOf(
  name: string,
  client: ManagerClient,
  { ports }: Pick<Context, 'ports'>,
  env: Environment,
): Promise<Side> {
  if (isManagerUrl(name)) return managerSide(client);
  const isFile = name.includes('://') ? false : (await stat(name).catch(() => null))?.isFile();
  if (isFile === true && !(await isLedgerFile(name))) {
    const lines = (await readFile(name, 'utf8')).trimEnd().split('\n');
    const range = bundled(name, lines);
    const isFromStart = range[0]?.position === 1;
    return {
      kind: 'commits',
      isFromStart,
      commits: () => checked(name, listed(range)),
      founding: async () => exhibitOf(lines, 1),
    };
  }
  const read = (): AsyncIterable<Walked> =>
    isFile === true ? commitsIn(name, ports) : commitsOf(storeOf(env, name), ports);
  return {
    kind: 'commits',
    isFromStart: true,
    commits: () => checked(name, walked(name, read())),
    founding: async () => (await checked(name, walked(name, read())).next()).value ?? null,
  };
}

/** The same with the roots of its trees, to be compared with a manager's. */
export async function rootsOf(commits: AsyncIterable<Commit>): Promise<Roots> {
  const hashes: string[] = [];
  for await (const { hash } of commits) hashes.push(hash);
  const pages = new MerklePages(async ({ first, count }) =>
    hashes.slice(first - 1, first - 1 + count),
  );
  return { size: hashes.length, rootAt: (size) => pages.root(size) };
}

export function shownAt(commit: Commit): At {
  const { hash, epoch } = commit;
  const [first] = decodeEvents(commit);
  const said = first === undefined ? 'no event' : `${first.type} of ${first.stream}`;
  return { hash, at: new Date(commit.at).toISOString(), epoch, first: said };
}

async function managerSide(client: ManagerClient): Promise<Side> {
  const { position: size } = await client.head();
  return {
    kind: 'roots',
    roots: {
      size,
      rootAt: async (position) => (await client.consistency(position, position)).to.merkleRoot,
    },
    at: async (position) => {
      const ended = new AbortController();
      const query = { from: position, limit: 1, follow: false };
      for await (const line of await client.events(query, ended.signal)) {
        const { at, type, stream } = JSON.parse(line) as Record<'at' | 'type' | 'stream', string>;
        return { hash: null, at, epoch: null, first: `${type} of ${stream}` };
      }
      return null;
    },
  };
}

function bundled(name: string, lines: readonly string[]): readonly Commit[] {
  let range: readonly Commit[] = [];
  try {
    range = rangeOf(lines);
  } catch {
    // It is told below, like any other file that is none.
  }
  if (range.length > 0) return range;
  throw new CommandFailure(`${name} is neither a bundle nor a ledger.`, exitCodes.unreachable);
}

async function* listed(range: readonly Commit[]): AsyncGenerator<Commit> {
  yield* range;
}

async function* walked(name: string, commits: AsyncIterable<Walked>): AsyncGenerator<Commit> {
  for await (const each of commits) {
    if (each.status === 'damaged') {
      throw new CommandFailure(`${name}: ${damageLine(each.damage)}`, exitCodes.refused);
    }
    yield each.commit;
  }
}

/** Each has its hash and lies on the one before: otherwise there is nothing to compare. */
async function* checked(name: string, commits: AsyncIterable<Commit>): AsyncGenerator<Commit> {
  let before: Pick<Commit, 'position' | 'hash'> | null = null;
  for await (const commit of commits) {
    const { position, prev, hash } = commit;
    const isFirst = before === null && (position > 1 || prev === emptyHead.hash);
    const follows = before?.position === position - 1 && before.hash === prev;
    if (hashCommit(commit) !== hash || !(isFirst || follows)) {
      const detail = `${name} is damaged at position ${position}: "audit verify" says more.`;
      throw new CommandFailure(detail, exitCodes.refused);
    }
    before = commit;
    yield commit;
  }
}
