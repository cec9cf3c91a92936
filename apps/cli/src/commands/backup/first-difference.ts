import type { Ports } from '@oakring/ports';
import type { ManagerClient } from '../../client/manager-client.js';
import { existsSync } from 'node:fs';
import { commitsIn } from '../audit/ledger-file.js';
import { partialOf } from './place.js';

/**
 * The first position at which a file of commits and the cluster's ledger differ, of those that both have; null:
 * none. A hash stands for all before it, so a few questions tell.
 */
export async function firstDifference(
  path: string,
  common: number,
  { client, ports }: { readonly client: Pick<ManagerClient, 'commits'>; readonly ports: Ports },
): Promise<number | null> {
  const lines = async (position: number): Promise<boolean> => {
    const [ours, theirs] = await Promise.all([
      hashIn(path, position, ports),
      hashOf(client, position),
    ]);
    return ours === theirs;
  };
  let same = 0;
  let other = common + 1;
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (await lines(middle)) same = middle;
    else other = middle;
  }
  return other > common ? null : other;
}

async function hashIn(path: string, position: number, ports: Ports): Promise<string | null> {
  const there = existsSync(path) ? path : partialOf(path);
  for await (const walked of commitsIn(there, ports)) {
    if (walked.status === 'damaged') return null;
    if (walked.commit.position === position) return walked.commit.hash;
  }
  return null;
}

async function hashOf(
  client: Pick<ManagerClient, 'commits'>,
  position: number,
): Promise<string | null> {
  const range = { from: position, to: position };
  const { lines } = await client.commits(range, new AbortController().signal);
  for await (const line of lines) return line.slice(-64);
  return null;
}
