import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvents, decodeStoredCommit } from '@oakring/events';
import { ClusterState } from '../src/cluster-state.js';
import { stateAsText } from '../src/copy-state.js';
import { foldCommit } from '../src/fold/evolve.js';
import { foldVersion } from '../src/records.js';

const folder = join(process.cwd(), 'libs/model/golden');

/** Where the views of the golden history are kept, as the folds of one version make them. */
export const foldedFile = join(folder, 'folded.json');

export interface Folded {
  readonly foldVersion: number;
  readonly views: unknown;
}

/** What today's folds make of the golden history. */
export function foldedHistory(): Folded {
  const state = new ClusterState(false);
  const lines = readFileSync(join(folder, 'history.ndjson'), 'utf8').trimEnd().split('\n');
  for (const [index, line] of lines.entries()) {
    const decoded = decodeStoredCommit(line, index + 1);
    if (decoded.status === 'damaged') throw new Error(decoded.damage.detail);
    foldCommit(state, decoded.commit, decodeEvents(decoded.commit));
  }
  return { foldVersion, views: JSON.parse(stateAsText(state)) };
}

/** What was written when `foldVersion` was raised last. */
export function foldedBefore(): Folded {
  return JSON.parse(readFileSync(foldedFile, 'utf8')) as Folded;
}
