import { readFileSync } from 'node:fs';
import {
  decodeEvents,
  decodeStoredCommit,
  encodeStoredCommit,
  hashCommit,
  newerIn,
  positionIn,
  readAddCheckpoint,
  readCheckpoint,
  readNote,
  readVerifierKey,
  verifyBundle,
  verifyChain,
} from '@oakring/events';
import { bundleOf, notesIn, numberedKey, SampleLedger } from '@oakring/events/testing';
import type { Target } from '../fuzz.js';
import { bytesOf, hold, textOf } from './holds.js';

function sampleLedger(): SampleLedger {
  const key = numberedKey(1);
  const ledger = new SampleLedger(key);
  ledger.work(3);
  ledger.seal(key);
  ledger.openEpoch(key);
  ledger.work(2);
  return ledger;
}

/** Lines of a ledger, of this release and of former ones. */
const commits: Target = {
  name: 'commit',
  seeds: () => {
    const former = [1, 3, 6].flatMap((version) =>
      readFileSync(`libs/events/golden/schema-${version}.ndjson`, 'utf8').split('\n').slice(0, 4),
    );
    return bytesOf(...sampleLedger().commits.map(encodeStoredCommit), ...former);
  },
  read(input) {
    const text = textOf(input);
    const decoded = decodeStoredCommit(text, positionIn(text));
    if (decoded.status === 'damaged') return;
    hold(
      encodeStoredCommit(decoded.commit) === text,
      'a commit is written otherwise than it was read',
    );
    // Whoever writes a line can say its hash as well: it is judged as if that were right, on a head that it fits.
    const { commit } = decoded;
    const { position, prev, epoch, at } = commit;
    const forged = decodeStoredCommit(
      encodeStoredCommit({ ...commit, hash: hashCommit(commit) }),
      position,
    );
    if (forged.status === 'damaged') throw new Error(forged.damage.detail);
    const head = { position: position - 1, hash: prev, epoch, at };
    const chain = verifyChain([forged.commit], head);
    // What a later release wrote is told as that, and not read.
    if (chain.status === 'intact' && newerIn(forged.commit) === null) decodeEvents(forged.commit);
  },
};

const bundles: Target = {
  name: 'bundle',
  seeds: () => {
    const { commits: all } = sampleLedger();
    const texts = [bundleOf(all, 1, all.length), bundleOf(all, 2, 4), bundleOf(all, 1, 2, null)];
    return bytesOf(...texts.map((lines) => `${lines.join('\n')}\n`));
  },
  read(input) {
    const text = textOf(input);
    const { status } = verifyBundle(text, { trust: null });
    hold(['whole', 'damaged', 'not-a-bundle'].includes(status), status);
  },
};

/** Checkpoints, cosignatures, questions to witnesses and keys, as c2sp.org has them. */
const notes: Target = {
  name: 'note',
  seeds: () => {
    const [note = ''] = notesIn(sampleLedger().commits);
    const key = 'w+1a2b3c4d+AWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh';
    return bytesOf(note, `old 1\n${'A'.repeat(43)}=\n\n${note}`, key);
  },
  read(input) {
    const text = textOf(input);
    const read = readCheckpoint(text);
    if (read.status !== 'refused')
      hold(readNote(text).status !== 'refused', 'a checkpoint is a note');
    readAddCheckpoint(text);
    for (const role of ['ed25519', 'cosignature'] as const) readVerifierKey(text, role);
  },
};

export const evidence: readonly Target[] = [commits, bundles, notes];
