import { describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ledgerVerifier, type Commit, type Damage } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { openLmdbEventLog } from './lmdb-event-log.js';
import { walkLedger } from './walk-ledger.js';

/** Bits that are flipped, one in each trial; `OAKRING_RUNS=<trials>` for more of them. */
const trials = Number(process.env['OAKRING_RUNS'] ?? '300');

function audit(folder: string): { commits: Commit[]; damage: Damage | null } {
  const verifier = ledgerVerifier({ trust: null });
  const commits: Commit[] = [];
  for (const walked of walkLedger(folder)) {
    const damage = walked.status === 'damaged' ? walked.damage : verifier.next(walked.commit);
    if (damage !== null) return { commits, damage };
    if (walked.status === 'commit') commits.push(walked.commit);
  }
  return { commits, damage: null };
}

describe('A ledger read page by page', () => {
  it('is what was appended, and no flipped bit of what is stored goes unnoticed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oakring-walk-'));
    const ledger = new SampleLedger(freshKey());
    ledger.work(60);
    ledger.seal(ledger.key);
    const log = await openLmdbEventLog(folder);
    for (const commit of ledger.commits) await log.append(commit);
    await log.close();
    const undamaged = audit(folder);
    expect(undamaged).toEqual({ commits: ledger.commits, damage: null });
    // Compared as text: that is a hundredth of the work, and there are hundreds of trials.
    const stored = JSON.stringify(undamaged.commits);

    const path = join(folder, 'data.mdb');
    const sound = readFileSync(path);
    const seed = 41;
    const chance = seededRandomness(seed);
    let found = 0;
    let positions = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const at = chance.integer(sound.length);
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.integer(8));
      writeFileSync(path, bytes);
      const { commits, damage } = audit(folder);
      if (damage !== null) {
        found += 1;
        if (damage.position !== null) positions += 1;
        continue;
      }
      // A byte that nothing points to: what is stored is all there, unchanged.
      const isUnchanged = JSON.stringify(commits) === stored;
      expect({ seed, at, isUnchanged }).toEqual({ seed, at, isUnchanged: true });
    }
    // A vacuous test would pass as well: a good part of the file is in use.
    expect(found).toBeGreaterThan(trials / 6);
    expect(positions).toBeGreaterThan(found * 0.8);
    rmSync(folder, { recursive: true });
  });
});
