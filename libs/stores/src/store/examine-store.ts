import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCatalogue } from '@oakring/contracts';
import { decodeStoredCommit, newerIn, type Damage } from '@oakring/events';
import { badFinding, nearestFolder, type Finding } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { inspectDataFile, type TreeEdges } from '../lmdb/data-file.js';
import { dataFileName, environmentIn, openEnvironment } from '../lmdb/environment.js';
import { commitTree } from '../log/lmdb/log-environment.js';
import { readMark } from '../log/lmdb/sound-mark.js';
import { isMongoUrl } from './open-event-store.js';

const part = 'disk';
/** Each is a round of the disk; the middle one is told. */
const commitsTried = 5;
/** An order waits for two of them. */
const slowCommitMs = 50;

/**
 * Whether a ledger can be kept at `address` (as of `openEventStore`), beside a manager that runs. Nothing of it
 * is changed. `mostClockErrorMs`: beyond it from the store's clock nobody leads.
 */
export async function examineStore(
  address: string,
  ports: Pick<Ports, 'clock'>,
  mostClockErrorMs: number,
): Promise<readonly Finding[]> {
  if (!isMongoUrl(address)) return [ledgerIn(address), await commitsIn(address, ports)];
  const { examineMongodb } = await import('./examine-mongodb.js');
  return examineMongodb(address, ports, mostClockErrorMs);
}

/** What a start looks at before it opens a ledger. */
function ledgerIn(folder: string): Finding {
  const about = { part, looked: `ledger in ${folder}` };
  const remedy = 'See docs/damage.md: oakring audit verify says where, and what to do.';
  switch (environmentIn(folder)) {
    case 'absent':
      return { ...about, level: 'ok', seen: 'none yet: a start founds one' };
    case 'lost':
      return { ...about, level: 'bad', seen: `its ${dataFileName} is gone`, remedy };
    case 'present': {
      try {
        const mark = readMark(folder);
        const since = mark?.state === 'sound' ? mark.transaction : 0;
        const inspection = inspectDataFile(join(folder, dataFileName), since);
        if (inspection.status === 'damaged') {
          return { ...about, level: 'bad', seen: inspection.detail, remedy };
        }
        const newer = inspection.status === 'sound' ? newerAtHead(inspection.trees) : null;
        if (newer !== null) {
          const seen = `a newer release wrote it: ${newer.detail}`;
          return { ...about, level: 'bad', seen, remedy: newerRemedy };
        }
        if (mark?.state === 'damaged') {
          return { ...about, level: 'bad', seen: 'damage was found in it', remedy };
        }
        return { ...about, level: 'ok', seen: 'what a start looks at is sound' };
      } catch (error) {
        return badFinding(part, about.looked, error);
      }
    }
  }
}

const newerRemedy = errorCatalogue['ledger-newer'].remedy;

/** The newest commit is of the newest release that there was. */
function newerAtHead(trees: ReadonlyMap<string, TreeEdges>): Damage | null {
  const { last = null, entries = 0 } = trees.get(commitTree) ?? {};
  if (last === null) return null;
  const decoded = decodeStoredCommit(last.toString('utf8'), entries);
  if (decoded.status === 'commit') return newerIn(decoded.commit);
  return decoded.damage.isNewer === true ? decoded.damage : null;
}

/** lmdb itself, in a folder beside, which is removed again. */
async function commitsIn(folder: string, { clock }: Pick<Ports, 'clock'>): Promise<Finding> {
  const looked = `durable commits in ${folder}`;
  let beside: string | null = null;
  try {
    beside = await mkdtemp(join(await nearestFolder(folder), 'oakring-doctor-'));
    const environment = openEnvironment(beside);
    const tookMs: number[] = [];
    for (let commit = 0; commit < commitsTried; commit += 1) {
      const startMs = clock.monotonicMs();
      await environment.put(commit, 'doctor');
      tookMs.push(clock.monotonicMs() - startMs);
    }
    await environment.close();
    const middleMs = tookMs.toSorted((a, b) => a - b)[Math.floor(commitsTried / 2)] ?? 0;
    const about = { part, looked, seen: `${middleMs.toFixed(1)} ms each, of ${commitsTried}` };
    if (middleMs < slowCommitMs) return { ...about, level: 'ok' };
    const remedy = 'Use a faster disk (an SSD): each order waits for two of them.';
    return { ...about, level: 'warning', remedy };
  } catch (error) {
    return badFinding(part, looked, error);
  } finally {
    if (beside !== null) await rm(beside, { recursive: true, force: true });
  }
}
